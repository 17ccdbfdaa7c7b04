package dev.sluice.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportDocument;
import dev.sluice.testing.Sha256;
import dev.sluice.testing.Transport;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer by HTTP that says itself what it has got, as one behind a proxy has to. */
class ConfirmedPeerIT extends HttpPeerRig {

  ConfirmedPeerIT() {
    super("write", Disks.random(8L * Disks.MIB));
  }

  private ExportDocument create(Map<String, ?> more) {
    return create(disk.size(), more);
  }

  private Command nbdcopy(ExportDocument export) {
    return Command.of("nbdcopy", disk.path(), Transport.TCP.uri(export));
  }

  private Command get(String query, Object... more) {
    return curl("-o", copy).with(more).with(data() + query);
  }

  private Command.Result confirm(long bytes) {
    return curl("--json", "{\"bytes\": %d}".formatted(bytes), data() + "/confirm").run();
  }

  /** The peer's connection has ended before. */
  @Test
  void theStreamIsCompletedWhenThePeerSaysSoAndNotBefore() {
    try (Command.Running client = nbdcopy(create(Map.of())).start()) {
      get("?confirm=true").run().assertSucceeded();

      assertThat(client.isAlive()).isTrue();
      assertThat(api.get(NAME).state()).isEqualTo("STREAMING");
      Command.Result confirmed = confirm(disk.size()).assertSucceeded();

      assertThat(confirmed.output()).contains("\"state\":\"COMPLETED\"");
      client.await().assertSucceeded();
      confirm(disk.size()).assertSucceeded(); // whoever did not get the answer asks again
    }
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void anotherNumberOfBytesThanWereSentFailsTheStream(int difference) {
    try (Command.Running client = nbdcopy(create(Map.of())).start()) {
      get("?confirm=true").run().assertSucceeded();

      Command.Result confirmed = confirm(disk.size() + difference).assertFailed();

      assertThat(confirmed.output())
          .contains("\"status\":409", "bytes, and was sent " + disk.size());
      client.await().assertFailed();
    }
    assertThat(api.get(NAME).state()).isEqualTo("FAILED");
  }

  @Test
  void aPeerThatConfirmsNothingFailsTheStream() {
    try (Command.Running client = nbdcopy(create(Map.of("idleTimeout", "1s"))).start()) {
      get("?confirm=true").run().assertSucceeded();

      client.await().assertFailed();
    }
    assertThat(api.awaitState(NAME, "FAILED").position()).isEqualTo(disk.size());
    assertThat(confirm(disk.size()).assertFailed().output()).contains("the export has ended");
  }

  @Test
  void nothingIsConfirmedThatWasNotSentToSomebodyWhoAskedForIt() {
    create(Map.of());

    assertThat(confirm(0).assertFailed().output())
        .contains("\"status\":409", "nothing is to be confirmed now");
    assertThat(api.get(NAME).state()).isEqualTo("WAITING");
  }

  /** It could take everything and lose it. */
  @ParameterizedTest
  @ValueSource(strings = {"Via: 1.1 proxy", "X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1"})
  void aProxyGetsNothingUnlessThePeerBehindItConfirms(String header) {
    try (Command.Running client = nbdcopy(create(Map.of())).start()) {
      get("", "-H", header).run().assertFailed();
      get("?confirm", "-H", header).run().assertSucceeded();
      confirm(disk.size()).assertSucceeded();

      client.await().assertSucceeded();
    }
    assertThat(Sha256.of(copy)).isEqualTo(disk.sha256());
  }
}
