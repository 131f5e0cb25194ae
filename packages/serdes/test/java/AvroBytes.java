import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Each line of the input is what to do, a writer's schema, a reader's schema and a record as base64, separated by tabs. "bytes" reads the record and
 * writes it again with the reader's schema, its arrays and maps in blocks that say their size; "values" prints what its logical types stand for.
 */
public class AvroBytes {
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS");

  public static void main(String[] arguments) throws Exception {
    List<String> answers = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(arguments[0]))) {
      String[] parts = line.split("\t", -1);
      Schema writer = new Schema.Parser().parse(parts[1]);
      Schema reader = new Schema.Parser().parse(parts[2]);
      byte[] data = Base64.getDecoder().decode(parts[3]);
      answers.add(parts[0].equals("bytes") ? bytes(writer, reader, data) : values(writer, reader, data));
    }
    Files.write(Path.of(arguments[1]), answers);
  }

  private static String bytes(Schema writer, Schema reader, byte[] data) throws Exception {
    Object value = read(new GenericDatumReader<>(writer, reader), data);
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    BinaryEncoder encoder = new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(output, null);
    new GenericDatumWriter<>(reader).write(value, encoder);
    encoder.flush();
    return Base64.getEncoder().encodeToString(output.toByteArray());
  }

  private static String values(Schema writer, Schema reader, byte[] data) throws Exception {
    GenericData generic = new GenericData();
    generic.addLogicalTypeConversion(new Conversions.DecimalConversion());
    generic.addLogicalTypeConversion(new Conversions.UUIDConversion());
    generic.addLogicalTypeConversion(new TimeConversions.DateConversion());
    generic.addLogicalTypeConversion(new TimeConversions.TimeMillisConversion());
    generic.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    generic.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
    generic.addLogicalTypeConversion(new TimeConversions.LocalTimestampMicrosConversion());
    GenericRecord record = (GenericRecord) read(new GenericDatumReader<>(writer, reader, generic), data);
    List<String> texts = new ArrayList<>();
    for (Schema.Field field : reader.getFields()) texts.add(text(record.get(field.pos())));
    return String.join("\t", texts);
  }

  private static String text(Object value) {
    if (value instanceof Instant instant) return MICROS.format(instant.atOffset(ZoneOffset.UTC)) + "Z";
    if (value instanceof LocalDateTime local) return MICROS.format(local);
    if (value instanceof LocalTime time) return Long.toString(time.toNanoOfDay() / 1_000_000);
    return value.toString();
  }

  private static Object read(GenericDatumReader<Object> datumReader, byte[] data) throws Exception {
    BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(data, null);
    Object value = datumReader.read(null, decoder);
    if (!decoder.isEnd()) throw new IllegalStateException("bytes are left over");
    return value;
  }
}
