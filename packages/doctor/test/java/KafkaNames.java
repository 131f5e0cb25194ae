import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What Java's clients may be told. Each line read is a question, its words separated by tabs.
 *
 * names CLIENT: a line NAME, TYPE, DEFAULT for each of the client's settings ("null", "none" where there is no default), then an empty line.
 * check CLIENT NAME=VALUE ...: "fine", or what the client has against these settings, in one line.
 */
public class KafkaNames {
  public static void main(String[] arguments) throws Exception {
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      String[] words = line.split("\t");
      if (words[0].equals("names")) names(words[1]);
      else check(words);
    }
  }

  private static void names(String client) {
    ConfigDef definition = switch (client) {
      case "producer" -> ProducerConfig.configDef();
      case "consumer" -> ConsumerConfig.configDef();
      default -> AdminClientConfig.configDef();
    };
    for (ConfigDef.ConfigKey key : new TreeMap<>(definition.configKeys()).values()) {
      System.out.println(key.name + "\t" + key.type + "\t" + text(key.defaultValue));
    }
    System.out.println();
  }

  private static String text(Object value) {
    if (value == ConfigDef.NO_DEFAULT_VALUE) return "none";
    if (value instanceof Class<?> type) return type.getName();
    if (value instanceof List<?> list) return String.join(",", list.stream().map(KafkaNames::text).toList());
    return String.valueOf(value);
  }

  private static void check(String[] words) {
    Map<String, Object> settings = new HashMap<>();
    for (int index = 2; index < words.length; index++) {
      String[] parts = words[index].split("=", 2);
      settings.put(parts[0], parts[1]);
    }
    try {
      switch (words[1]) {
        case "producer" -> {
          settings.put("key.serializer", ByteArraySerializer.class);
          settings.put("value.serializer", ByteArraySerializer.class);
          new ProducerConfig(settings);
        }
        case "consumer" -> {
          settings.put("key.deserializer", ByteArrayDeserializer.class);
          settings.put("value.deserializer", ByteArrayDeserializer.class);
          new ConsumerConfig(settings);
        }
        default -> new AdminClientConfig(settings);
      }
      System.out.println("fine");
    } catch (ConfigException error) {
      System.out.println(error.getMessage().replace('\n', ' '));
    }
  }
}
