package dev.sluice.export;

import dev.sluice.client.AllowedClients;
import dev.sluice.client.ClientIdentification;
import dev.sluice.stream.Assurances;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;

/** Validates the fields of an export against each other and against the configuration. */
@Component
public final class ExportRules {

  private static final String READ_ONLY = "expected only with the direction read";

  private final ExportProperties properties;
  private final ClientIdentification identification;

  /** Creates the rules of a service with this configuration. */
  public ExportRules(ExportProperties properties, ClientIdentification identification) {
    this.properties = properties;
    this.identification = identification;
  }

  /**
   * Says what is wrong with a field whose value is valid by itself.
   *
   * @param field its name, after the names of the objects that contain it
   * @param text what was wrong, and what was expected
   */
  public record Complaint(String field, String text) {}

  /** Returns everything that is wrong with a requested export. */
  public List<Complaint> check(ExportSpec spec) {
    List<Complaint> complaints = new ArrayList<>();
    checkClients(spec.clients(), complaints);
    checkWindows(spec.settings(), complaints);
    checkAssurances(spec, complaints);
    return complaints;
  }

  /** Refuses client rules that can never match. */
  private void checkClients(AllowedClients clients, List<Complaint> complaints) {
    if (clients.needsCertificate()) {
      add("clients.subjects", identification.whyNoCertificate(), complaints);
    }
    if (clients.needsAddress()) {
      add("clients.networks", identification.whyNoAddress(), complaints);
    }
  }

  private static void add(String field, Optional<String> text, List<Complaint> complaints) {
    text.ifPresent(why -> complaints.add(new Complaint(field, why)));
  }

  private void checkWindows(StreamSettings settings, List<Complaint> complaints) {
    long memory = properties.mostOfOne();
    if (settings.mostMemory() > memory) {
      complaints.add(
          new Complaint(
              widest(settings),
              "the windows of one export may have %d bytes (%d %% of sluice.exports.window-memory, by sluice.exports.window-share); these would need %d"
                  .formatted(memory, properties.windowShare(), settings.mostMemory())));
    }
  }

  /** Returns the window that exceeds its default the most. The defaults together fit. */
  private String widest(StreamSettings settings) {
    long reorder = settings.reorderWindow() - properties.reorderWindow().toBytes();
    long head = settings.headWindow() - properties.headWindow().toBytes();
    long resume = settings.resumeWindow() - properties.resumeWindow().toBytes();
    if (reorder >= Math.max(head, resume)) {
      return "reorderWindow";
    }
    return resume >= head ? "resumeWindow" : "headWindow";
  }

  private static void checkAssurances(ExportSpec spec, List<Complaint> complaints) {
    Assurances assurances = spec.settings().assurances();
    OptionalLong size = spec.settings().size();
    boolean writes = spec.direction() == Direction.WRITE;
    if (assurances.padTail() && (!writes || size.isEmpty())) {
      complaints.add(new Complaint("padTail", "expected only with the direction write and a size"));
    }
    if (assurances.acceptClose() && writes) {
      complaints.add(new Complaint("acceptClose", READ_ONLY));
    }
    if (assurances.acceptUnread() && writes) {
      complaints.add(new Complaint("acceptUnread", READ_ONLY));
    }
    if (assurances.acceptExcess() && writes) {
      complaints.add(new Complaint("acceptExcess", READ_ONLY));
    } else if (assurances.acceptExcess() && size.isEmpty()) {
      complaints.add(new Complaint("acceptExcess", "expected only with a size"));
    }
  }
}
