import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Writes record batches with Kafka's own classes, next to what Kafka's own classes read out of them. */
public class GoldenBatches {
  private static final long TIME = 1_700_000_000_123L;
  private final List<String> lines = new ArrayList<>();

  public static void main(String[] arguments) throws Exception {
    GoldenBatches golden = new GoldenBatches();
    golden.run();
    try (PrintStream out = new PrintStream(arguments[0], StandardCharsets.UTF_8)) {
      out.println("[");
      out.println(String.join(",\n", golden.lines));
      out.println("]");
    }
  }

  private void run() {
    SimpleRecord plain = record(TIME, "key", "value");
    SimpleRecord tombstone = record(TIME + 1, "key", null);
    SimpleRecord keyless = record(TIME - 5, null, "value");
    SimpleRecord empty = record(TIME + 2, "", "");
    SimpleRecord headers = new SimpleRecord(TIME + 70_000, bytes("k"), bytes("v"), new Header[] {
      new RecordHeader("trace-é", bytes("id")), new RecordHeader("trace-é", bytes("")), new RecordHeader("", (byte[]) null)
    });
    SimpleRecord large = record(TIME + 3, "k".repeat(200), "v".repeat(8_200));
    SimpleRecord untimed = record(RecordBatch.NO_TIMESTAMP, "a", "b");
    add("one record", MemoryRecords.withRecords(Compression.NONE, plain));
    add("nulls and empties", MemoryRecords.withRecords(17L, Compression.NONE, 3, plain, tombstone, keyless, empty));
    add("headers", MemoryRecords.withRecords(1L << 40, Compression.NONE, 0, headers, plain));
    add("lengths of several bytes", MemoryRecords.withRecords(Compression.NONE, plain, large));
    add("timestamps far apart", MemoryRecords.withRecords(Compression.NONE, untimed, plain, record(1L << 52, "a", "b"), record(0, "a", "b")));
    add("idempotent", MemoryRecords.withIdempotentRecords(5L, Compression.NONE, 4_000_000_001L, (short) 12, 2_147_483_640, 9, plain, tombstone));
    add("transactional", MemoryRecords.withTransactionalRecords(6L, Compression.NONE, 1234L, (short) 1, 7, 2, plain, headers));
    add("commit marker", MemoryRecords.withEndTransactionMarker(8L, TIME, 4, 1234L, (short) 1, new EndTransactionMarker(ControlRecordType.COMMIT, 21)));
    add("abort marker", MemoryRecords.withEndTransactionMarker(9L, TIME, 4, 1234L, (short) 1, new EndTransactionMarker(ControlRecordType.ABORT, 22)));
    add("gaps in the offsets", gaps(TimestampType.CREATE_TIME));
    add("log append time", gaps(TimestampType.LOG_APPEND_TIME));
    add("gzip", MemoryRecords.withRecords(30L, Compression.gzip().build(), 3, plain, headers, record(TIME + 3, "k".repeat(50), "v".repeat(500))));
  }

  private static MemoryRecords gaps(TimestampType type) {
    MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(512), RecordBatch.CURRENT_MAGIC_VALUE, Compression.NONE, type, 100L, TIME + 9);
    builder.appendWithOffset(100, record(TIME, "a", "1"));
    builder.appendWithOffset(104, record(TIME + 4, "b", "2"));
    builder.appendWithOffset(1_000_104, record(TIME + 2, "c", "3"));
    return builder.build();
  }

  private void add(String name, MemoryRecords records) {
    ByteBuffer buffer = records.buffer().duplicate();
    byte[] all = new byte[buffer.remaining()];
    buffer.get(all);
    MutableRecordBatch batch = records.batches().iterator().next();
    List<String> rendered = new ArrayList<>();
    for (Record record : batch) {
      List<String> headers = new ArrayList<>();
      for (Header header : record.headers()) headers.add("[\"" + header.key() + "\"," + hex(header.value()) + "]");
      rendered.add("{\"offset\":" + record.offset() + ",\"timestamp\":" + record.timestamp() + ",\"key\":" + hex(copy(record.key()))
          + ",\"value\":" + hex(copy(record.value())) + ",\"headers\":[" + String.join(",", headers) + "]}");
    }
    lines.add("{\"name\":\"" + name + "\",\"header\":{\"baseOffset\":" + batch.baseOffset() + ",\"partitionLeaderEpoch\":" + batch.partitionLeaderEpoch()
        + ",\"magic\":" + batch.magic() + ",\"crc\":" + batch.checksum() + ",\"compression\":\"" + batch.compressionType().name + "\",\"timestampType\":\""
        + batch.timestampType().name + "\",\"isTransactional\":" + batch.isTransactional() + ",\"isControl\":" + batch.isControlBatch()
        + ",\"lastOffsetDelta\":" + (batch.lastOffset() - batch.baseOffset()) + ",\"maxTimestamp\":" + batch.maxTimestamp() + ",\"producerId\":"
        + batch.producerId() + ",\"producerEpoch\":" + batch.producerEpoch() + ",\"baseSequence\":" + batch.baseSequence() + ",\"recordCount\":"
        + batch.countOrNull() + "},\"records\":[" + String.join(",", rendered) + "],\"bytes\":" + hex(all) + "}");
  }

  private static SimpleRecord record(long timestamp, String key, String value) {
    return new SimpleRecord(timestamp, bytes(key), bytes(value));
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] copy(ByteBuffer buffer) {
    if (buffer == null) return null;
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  private static String hex(byte[] bytes) {
    return bytes == null ? "null" : "\"" + HexFormat.of().formatHex(bytes) + "\"";
  }
}
