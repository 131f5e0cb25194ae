import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

/**
 * Each line of the input is a reader's schema, a tab and a writer's; each line of the output what Avro says of them: "invalid", or the reasons as
 * "TYPE location", separated by tabs.
 */
public class AvroVerdicts {
  public static void main(String[] paths) throws Exception {
    List<String> verdicts = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(paths[0]))) {
      verdicts.add(verdict(line.split("\t")));
    }
    Files.write(Path.of(paths[1]), verdicts);
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
