import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;

/** Prints one line per error code: name, number, whether Kafka's own client may retry it. */
public class ErrorTable {
  public static void main(String[] arguments) {
    for (Errors error : Errors.values()) {
      System.out.println(error.name() + " " + error.code() + " " + (error.exception() instanceof RetriableException));
    }
  }
}
