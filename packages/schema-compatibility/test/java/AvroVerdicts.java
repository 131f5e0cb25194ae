import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/**
 * Reads lines of a reader's schema, a tab and a writer's; prints for each what Avro says: "invalid", or the reasons as "TYPE location", separated by tabs.
 */
public class AvroVerdicts {
  public static void main(String[] arguments) throws Exception {
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream output = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      output.println(verdict(line.split("\t")));
    }
    output.flush();
  }

  private static String verdict(String[] texts) {
    Schema reader;
    Schema writer;
    try {
      reader = new Schema.Parser().parse(texts[0]);
      writer = new Schema.Parser().parse(texts[1]);
    } catch (AvroRuntimeException error) {
      return "invalid";
    }
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult().getIncompatibilities().stream()
        .map(reason -> reason.getType() + " " + reason.getLocation())
        .collect(Collectors.joining("\t"));
  }
}
