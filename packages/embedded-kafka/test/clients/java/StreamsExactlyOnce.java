import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;

/**
 * Kafka Streams, exactly once: orders are joined with a table of customers, repartitioned by region and added up, by two instances with
 * standby tasks and static membership, of which one goes in the middle and another comes. Prints what each region got: how many orders, and the
 * sum of their numbers.
 */
public class StreamsExactlyOnce {
  private static final int ORDERS = 600;
  private static final int CUSTOMERS = 6;
  private static final int REGIONS = 3;
  private static final Duration SOON = Duration.ofSeconds(30);

  private final String server;
  private final String id;
  private final String state;
  private final Map<String, String> totals = new TreeMap<>();

  private StreamsExactlyOnce(String server, String id, String state) {
    this.server = server;
    this.id = id;
    this.state = state;
  }

  public static void main(String[] parameters) throws Exception {
    new StreamsExactlyOnce(parameters[0], parameters[1], parameters[2]).run();
  }

  private void run() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", server))) {
      NewTopic customers = new NewTopic(id + "-customers", 3, (short) 1).configs(Map.of("cleanup.policy", "compact"));
      List<NewTopic> topics = List.of(new NewTopic(id + "-orders", 3, (short) 1), customers, new NewTopic(id + "-totals", 2, (short) 1));
      admin.createTopics(topics).all().get(SOON.toSeconds(), TimeUnit.SECONDS);
    }
    List<KafkaStreams> instances = new ArrayList<>();
    try (KafkaProducer<String, String> producer = producer(); KafkaConsumer<String, String> reader = reader()) {
      for (int customer = 0; customer < CUSTOMERS; customer++) {
        producer.send(new ProducerRecord<>(id + "-customers", "customer-" + customer, "region-" + customer % REGIONS));
      }
      producer.flush();
      for (int instance = 0; instance < 2; instance++) instances.add(start(instance));
      order(producer, 0, ORDERS / 2);
      readUntil(reader, ORDERS / 2);
      order(producer, ORDERS / 2, ORDERS * 3 / 4);
      instances.get(0).close(SOON);
      instances.add(start(2));
      order(producer, ORDERS * 3 / 4, ORDERS);
      readUntil(reader, ORDERS);
    } finally {
      for (KafkaStreams instance : instances) instance.close(SOON);
    }
    System.out.println(totals);
  }

  private void order(KafkaProducer<String, String> producer, int from, int until) {
    for (int order = from; order < until; order++) {
      producer.send(new ProducerRecord<>(id + "-orders", "customer-" + order % CUSTOMERS, String.valueOf(order)));
    }
    producer.flush();
  }

  /** Reads committed totals until they cover so many orders. */
  private void readUntil(KafkaConsumer<String, String> reader, int orders) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (totals.values().stream().mapToInt(total -> Integer.parseInt(total.split("/")[0])).sum() < orders) {
      if (System.nanoTime() > deadline) throw new IllegalStateException(orders + " orders were not added up in time: " + totals);
      reader.poll(Duration.ofMillis(100)).forEach(total -> totals.put(total.key(), total.value()));
    }
  }

  private KafkaStreams start(int instance) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", server);
    settings.put("application.id", id);
    settings.put("processing.guarantee", "exactly_once_v2");
    settings.put("num.standby.replicas", 1);
    settings.put("commit.interval.ms", 100);
    settings.put("state.dir", state + "/" + instance);
    settings.put("default.key.serde", Serdes.String().getClass());
    settings.put("default.value.serde", Serdes.String().getClass());
    settings.put("dsl.store.suppliers.class", "org.apache.kafka.streams.state.BuiltInDslStoreSuppliers$InMemoryDslStoreSuppliers");
    settings.put("consumer.group.instance.id", id + "-" + instance);
    settings.put("consumer.session.timeout.ms", 2000);
    settings.put("consumer.heartbeat.interval.ms", 300);
    settings.put("internal.leave.group.on.close", true);
    StreamsBuilder builder = new StreamsBuilder();
    KTable<String, String> customers = builder.table(id + "-customers");
    builder
        .<String, String>stream(id + "-orders")
        .join(customers, (order, region) -> region + ":" + order)
        .map((customer, joined) -> KeyValue.pair(joined.split(":")[0], joined.split(":")[1]))
        .groupByKey()
        .aggregate(() -> "0/0", (region, order, total) -> added(total, order), Materialized.with(Serdes.String(), Serdes.String()))
        .toStream()
        .to(id + "-totals");
    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    streams.setUncaughtExceptionHandler(
        error -> {
          error.printStackTrace();
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    streams.start();
    return streams;
  }

  private static String added(String total, String order) {
    String[] parts = total.split("/");
    return (Integer.parseInt(parts[0]) + 1) + "/" + (Integer.parseInt(parts[1]) + Integer.parseInt(order));
  }

  private KafkaProducer<String, String> producer() {
    return new KafkaProducer<>(Map.of("bootstrap.servers", server), new StringSerializer(), new StringSerializer());
  }

  private KafkaConsumer<String, String> reader() {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", server, "group.id", id + "-reader", "auto.offset.reset", "earliest", "isolation.level", "read_committed");
    KafkaConsumer<String, String> reader = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    reader.subscribe(List.of(id + "-totals"));
    return reader;
  }
}
