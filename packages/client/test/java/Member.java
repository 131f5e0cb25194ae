import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A member of a group: BROKERS GROUP TOPIC ASSIGNOR. Prints "assigned", "revoked", "lost" and "record" lines, and ends when its input does, after having
 * left the group.
 */
public class Member {
  public static void main(String[] arguments) throws Exception {
    Properties settings = new Properties();
    settings.putAll(
        Map.of(
            "bootstrap.servers", arguments[0],
            "group.id", arguments[1],
            "partition.assignment.strategy", "org.apache.kafka.clients.consumer." + arguments[3],
            "auto.offset.reset", "earliest",
            "enable.auto.commit", "true",
            "auto.commit.interval.ms", "100",
            "heartbeat.interval.ms", "200",
            "max.poll.interval.ms", "20000"));
    AtomicBoolean stopping = new AtomicBoolean();
    Thread input = new Thread(() -> {
      try {
        while (System.in.read() >= 0) {}
      } catch (java.io.IOException error) {
        // The end as well.
      }
      stopping.set(true);
    });
    input.setDaemon(true);
    input.start();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.subscribe(List.of(arguments[2]), new ConsumerRebalanceListener() {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
          print("assigned", partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
          print("revoked", partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
          print("lost", partitions);
        }
      });
      while (!stopping.get()) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
          System.out.println("record " + record.value());
        }
      }
    }
    System.out.println("left");
  }

  private static void print(String what, Collection<TopicPartition> partitions) {
    System.out.println(what + " " + String.join(",", partitions.stream().map(held -> "" + held.partition()).sorted().toList()));
  }
}
