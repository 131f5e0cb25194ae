import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.message.ControlRecordTypeSchema;
import org.apache.kafka.common.message.EndTxnMarker;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Writes every message that a broker listens to, in every version, twice, with Kafka's own classes: once with every field set to a value
 * that follows from the field's name, and once with everything empty, null where the version allows it. The tests know the same rule.
 */
public class GoldenMessages {
  private static final int CORRELATION_ID = 77;
  private static final String CLIENT_ID = "golden-é";

  private final int version;
  private final boolean full;

  private GoldenMessages(int version, boolean full) {
    this.version = version;
    this.full = full;
  }

  public static void main(String[] arguments) throws Exception {
    List<String> lines = new ArrayList<>();
    for (ApiKeys api : ApiKeys.values()) {
      if (!api.messageType.listeners().contains(ApiMessageType.ListenerType.BROKER)) continue;
      lines.add(messageLine(api.name, "Request", api, () -> (Message) api.messageType.newRequest()));
      lines.add(messageLine(api.name, "Response", api, () -> (Message) api.messageType.newResponse()));
    }
    lines.add(messageLine("ConsumerProtocolSubscription", "", null, ConsumerProtocolSubscription::new));
    lines.add(messageLine("ConsumerProtocolAssignment", "", null, ConsumerProtocolAssignment::new));
    lines.add(messageLine("ControlRecordTypeSchema", "", null, ControlRecordTypeSchema::new));
    lines.add(messageLine("EndTxnMarker", "", null, EndTxnMarker::new));
    try (PrintStream out = new PrintStream(arguments[0], StandardCharsets.UTF_8)) {
      out.println("{");
      out.println(String.join(",\n", lines));
      out.println("}");
    }
  }

  /** One line: `"ProduceRequest": [[version, full hex, empty hex], ...]`. */
  private static String messageLine(String name, String kind, ApiKeys api, Supplier<Message> make) throws Exception {
    List<String> versions = new ArrayList<>();
    Message sample = make.get();
    for (short version = sample.lowestSupportedVersion(); version <= sample.highestSupportedVersion(); version++) {
      String full = hex(header(api, kind, version), make.get(), version, true);
      String empty = hex(header(api, kind, version), make.get(), version, false);
      versions.add("[" + version + ",\"" + full + "\",\"" + empty + "\"]");
    }
    return "\"" + name + kind + "\":[" + String.join(",", versions) + "]";
  }

  private static String hex(byte[] header, Message message, short version, boolean full) throws Exception {
    Schema[] schemas = (Schema[]) message.getClass().getField("SCHEMAS").get(null);
    new GoldenMessages(version, full).fill(message, schemas[version]);
    return HexFormat.of().formatHex(header) + HexFormat.of().formatHex(bytes(message, version));
  }

  private static byte[] header(ApiKeys api, String kind, short version) {
    if (api == null) return new byte[0];
    if (kind.equals("Response")) {
      return bytes(new ResponseHeaderData().setCorrelationId(CORRELATION_ID), api.responseHeaderVersion(version));
    }
    RequestHeaderData header = new RequestHeaderData()
        .setRequestApiKey(api.id)
        .setRequestApiVersion(version)
        .setCorrelationId(CORRELATION_ID)
        .setClientId(CLIENT_ID);
    return bytes(header, api.requestHeaderVersion(version));
  }

  private static byte[] bytes(Message message, short version) {
    return MessageUtil.byteBufferToArray(MessageUtil.toByteBufferAccessor(message, version).buffer());
  }

  private void fill(Object struct, Schema schema) throws Exception {
    Map<String, Field> fields = new HashMap<>();
    for (Field field : struct.getClass().getDeclaredFields()) {
      if (!Modifier.isStatic(field.getModifiers())) fields.put(snakeCase(field.getName()), field);
    }
    for (BoundField bound : schema.fields()) {
      if (bound.def.type instanceof TaggedFields tagged) {
        if (!full) continue;
        for (org.apache.kafka.common.protocol.types.Field field : tagged.fields().values()) set(struct, fields.get(field.name), field.type);
      } else {
        set(struct, fields.get(bound.def.name), bound.def.type);
      }
    }
  }

  private void set(Object struct, Field field, Type type) throws Exception {
    String name = field.getName();
    Object value = full ? fullValue(name, type, field.getType(), field.getGenericType()) : emptyValue(type, field);
    String setter = "set" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    for (Method method : struct.getClass().getMethods()) {
      if (method.getName().equals(setter)) method.invoke(struct, value);
    }
  }

  private Object emptyValue(Type type, Field field) throws Exception {
    if (type.isNullable()) return null;
    Class<?> target = field.getType();
    if (type.arrayElementType().isPresent()) return newCollection(target);
    if (target == String.class) return "";
    if (target == byte[].class) return new byte[0];
    if (target == ByteBuffer.class) return ByteBuffer.allocate(0);
    if (target == Uuid.class) return Uuid.ZERO_UUID;
    if (target == boolean.class) return false;
    if (target == byte.class) return (byte) 0;
    if (target == short.class) return (short) 0;
    if (target == int.class) return 0;
    if (target == long.class) return 0L;
    if (target == double.class) return 0.0;
    if (type instanceof Schema schema) return filled(target, schema);
    return MemoryRecords.EMPTY;
  }

  @SuppressWarnings("unchecked")
  private Object fullValue(String name, Type type, Class<?> target, java.lang.reflect.Type generic) throws Exception {
    if (type.arrayElementType().isPresent()) {
      Class<?> element = elementClass(target, generic);
      Collection<Object> values = newCollection(target);
      values.add(fullValue(name, type.arrayElementType().get(), element, element));
      return values;
    }
    int hash = hash(name);
    int sign = hash % 2 == 0 ? 1 : -1;
    if (target == String.class) return name + "-é";
    if (target == byte[].class) return name.getBytes(StandardCharsets.UTF_8);
    if (target == ByteBuffer.class) return ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8));
    if (target == Uuid.class) return new Uuid(hash * 1_000_003L, hash);
    if (target == boolean.class || target == Boolean.class) return true;
    if (target == byte.class || target == Byte.class) return (byte) (sign * (hash % 100));
    // Unsigned 16-bit fields are ints in Java: the schema's type tells them apart.
    if (type == Type.UINT16) return 40_000 + hash;
    if (target == short.class || target == Short.class) return (short) (sign * hash);
    if (target == int.class || target == Integer.class) return sign * hash * 10_007;
    if (target == long.class || target == Long.class) return sign * hash * 500_000_000_003L;
    if (target == double.class) return sign * hash / 4.0;
    if (type instanceof Schema schema) return filled(target, schema);
    return MemoryRecords.readableRecords(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)));
  }

  private Object filled(Class<?> target, Schema schema) throws Exception {
    Object struct = target.getDeclaredConstructor().newInstance();
    fill(struct, schema);
    return struct;
  }

  @SuppressWarnings("unchecked")
  private static Collection<Object> newCollection(Class<?> target) throws Exception {
    if (target == List.class) return new ArrayList<>();
    return (Collection<Object>) target.getDeclaredConstructor().newInstance();
  }

  private static Class<?> elementClass(Class<?> target, java.lang.reflect.Type generic) {
    java.lang.reflect.Type source = generic instanceof ParameterizedType ? generic : target.getGenericSuperclass();
    return (Class<?>) ((ParameterizedType) source).getActualTypeArguments()[0];
  }

  private static int hash(String name) {
    int hash = 1;
    for (char letter : name.toCharArray()) hash = (hash * 31 + letter) % 9_973;
    return hash;
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase();
  }
}
