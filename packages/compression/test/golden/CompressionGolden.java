import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * Kafka's own codecs against ours. Run by hand with Kafka's jars:
 *   java -cp 'lib/*' CompressionGolden.java write > kafka-java.json     what Kafka's Java client writes, for golden.test.ts
 *   java -cp 'lib/*' CompressionGolden.java read FOLDER                  reads FOLDER/{small,large}.{gzip,snappy,lz4,zstd}*, written by ours
 */
public final class CompressionGolden {
    static byte[] small() {
        return "A record, and a record, and another record.".getBytes(StandardCharsets.UTF_8);
    }

    static byte[] large() {
        byte[] bytes = new byte[200_000];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) (i / 1000 + i % 7);
        return bytes;
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("write")) write();
        else read(Path.of(arguments[1]));
    }

    static void write() throws Exception {
        StringBuilder json = new StringBuilder("{\n");
        for (CompressionType type : CompressionType.values()) {
            if (type == CompressionType.NONE) continue;
            for (boolean isLarge : new boolean[] {false, true}) {
                ByteBufferOutputStream buffer = new ByteBufferOutputStream(512);
                try (OutputStream stream = Compression.of(type).build().wrapForOutput(buffer, RecordBatch.MAGIC_VALUE_V2)) {
                    stream.write(isLarge ? large() : small());
                }
                ByteBuffer written = buffer.buffer();
                written.flip();
                byte[] bytes = new byte[written.remaining()];
                written.get(bytes);
                if (json.length() > 2) json.append(",\n");
                json.append("  \"").append(isLarge ? "large." : "small.").append(type.name).append("\": \"");
                json.append(Base64.getEncoder().encodeToString(bytes)).append('"');
            }
        }
        System.out.println(json.append("\n}"));
    }

    static void read(Path folder) throws Exception {
        try (var files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String[] name = file.getFileName().toString().split("\\.");
                byte[] expected = name[0].equals("large") ? large() : name[0].equals("small") ? small() : new byte[0];
                ByteBuffer data = ByteBuffer.wrap(Files.readAllBytes(file));
                try (InputStream stream = Compression.of(name[1]).build().wrapForInput(data, RecordBatch.MAGIC_VALUE_V2, BufferSupplier.NO_CACHING)) {
                    System.out.println(file.getFileName() + " " + (Arrays.equals(stream.readAllBytes(), expected) ? "same" : "DIFFERENT"));
                } catch (Exception | Error e) {
                    System.out.println(file.getFileName() + " FAILED " + e);
                }
            }
        }
    }
}
