import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Java's assignors by hand. Each line read is a question, answered by a line. Bytes are in hexadecimal, "-" stands for nothing.
 *
 * assign NAME TOPIC=COUNT,... MEMBER|INSTANCE|SUBSCRIPTION ...: MEMBER=ASSIGNMENT for each member, as the leader would send them;
 * "failed" where Java's assignor fails itself.
 * subscription NAME TOPIC,... TOPIC/PARTITION,... GENERATION: what a member writes that was given these partitions in that generation.
 */
public class Assign {
  private static final HexFormat HEX = HexFormat.of();

  public static void main(String[] arguments) throws Exception {
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      String[] words = line.split(" ");
      System.out.println(words[0].equals("assign") ? tryAssign(words) : subscription(words));
    }
  }

  private static ConsumerPartitionAssignor find(String name) {
    List<ConsumerPartitionAssignor> all =
        List.of(new RangeAssignor(), new RoundRobinAssignor(), new StickyAssignor(), new CooperativeStickyAssignor());
    return all.stream().filter(assignor -> assignor.name().equals(name)).findFirst().orElseThrow();
  }

  private static String tryAssign(String[] words) {
    try {
      return assign(words);
    } catch (NullPointerException error) {
      return "failed";
    }
  }

  private static String assign(String[] words) {
    Node node = new Node(0, "localhost", 9092);
    List<PartitionInfo> partitions = new ArrayList<>();
    for (String topic : list(words[2])) {
      int count = Integer.parseInt(topic.split("=")[1]);
      for (int partition = 0; partition < count; partition++) {
        partitions.add(new PartitionInfo(topic.split("=")[0], partition, node, new Node[] {node}, new Node[] {node}));
      }
    }
    Cluster cluster = new Cluster("cluster", List.of(node), partitions, Set.of(), Set.of());
    Map<String, Subscription> subscriptions = new HashMap<>();
    for (int index = 3; index < words.length; index++) {
      String[] member = words[index].split("\\|");
      Subscription subscription = ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(HEX.parseHex(member[2])));
      if (!member[1].equals("-")) subscription.setGroupInstanceId(Optional.of(member[1]));
      subscriptions.put(member[0], subscription);
    }
    Map<String, Assignment> assigned =
        find(words[1]).assign(cluster, new GroupSubscription(subscriptions)).groupAssignment();
    StringBuilder answer = new StringBuilder();
    new TreeMap<>(assigned).forEach((member, assignment) -> {
      answer.append(member).append('=').append(hex(ConsumerProtocol.serializeAssignment(assignment))).append(' ');
    });
    return answer.toString().trim();
  }

  private static String subscription(String[] words) {
    ConsumerPartitionAssignor assignor = find(words[1]);
    List<String> topics = list(words[2]);
    List<TopicPartition> owned = new ArrayList<>();
    for (String partition : list(words[3])) {
      owned.add(new TopicPartition(partition.split("/")[0], Integer.parseInt(partition.split("/")[1])));
    }
    int generation = Integer.parseInt(words[4]);
    if (generation >= 0) {
      assignor.onAssignment(new Assignment(owned), new ConsumerGroupMetadata("group", generation, "member", Optional.empty()));
    }
    boolean keeps = assignor.supportedProtocols().contains(ConsumerPartitionAssignor.RebalanceProtocol.COOPERATIVE);
    ByteBuffer userData = assignor.subscriptionUserData(Set.copyOf(topics));
    List<TopicPartition> kept = keeps ? owned : List.of();
    return hex(ConsumerProtocol.serializeSubscription(new Subscription(topics, userData, kept, generation, Optional.empty())));
  }

  private static List<String> list(String word) {
    return word.equals("-") ? List.of() : List.of(word.split(","));
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return HEX.formatHex(copy);
  }
}
