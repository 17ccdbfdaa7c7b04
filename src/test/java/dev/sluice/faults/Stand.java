package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Command;
import dev.sluice.testing.Disk;
import dev.sluice.testing.Disks;
import dev.sluice.testing.ExportsApi;
import dev.sluice.testing.Link;
import dev.sluice.testing.ReadTrial;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Transport;
import dev.sluice.testing.WriteTrial;
import java.time.Duration;
import java.util.Optional;

/** A service of its own, which one case after the other is played with, and the network to it. */
final class Stand implements AutoCloseable {

  /** Longer than any cut that is to be survived, and than the idle clock where that is to tell. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(4);

  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(20);
  private static final Disk ORDINARY = Disks.random(2L * Disks.MIB + 1234);

  private final Optional<Link> link;
  private SluiceProcess sluice;
  private int descriptors;

  /**
   * Starts a service.
   *
   * @param link what clients reach it by; without one they do so on this machine only
   */
  Stand(Optional<Link> link) {
    this.link = link;
    String address = link.map(Link::nearAddress).orElse("127.0.0.1");
    sluice =
        SluiceProcess.start(
            "-Dsluice.nbd.address=" + address,
            "-Dsluice.nbd.keep-alive=" + KEEP_ALIVE,
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1"); // which is faster to start, as it often has to be here
    takeStock();
  }

  SluiceProcess sluice() {
    return sluice;
  }

  ExportsApi api() {
    return sluice.api();
  }

  Link link() {
    return link.orElseThrow();
  }

  /** A command where clients are: at the far end of the link if there is one. */
  Command atTheClients(Command command) {
    return link.map(l -> l.atTheFarEnd(command)).orElse(command);
  }

  /** Another service instead of one that was killed. */
  void startAgain() {
    SluiceProcess killed = sluice;
    sluice = killed.startAgain();
    killed.close();
    takeStock();
  }

  private void takeStock() {
    streamBothWays(); // what is opened once and kept
    streamBothWays();
    descriptors = sluice.descriptors();
  }

  private void streamBothWays() {
    try (WriteTrial trial = WriteTrial.of(sluice, ORDINARY)) {
      atTheClients(Command.of("nbdcopy", ORDINARY.path(), trial.uri(Transport.TCP)))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
    try (ReadTrial trial = ReadTrial.of(sluice, ORDINARY)) {
      atTheClients(Command.of("nbdcopy", trial.uri(Transport.TCP), trial.copy()))
          .run()
          .assertSucceeded();
      trial.assertComplete();
    }
  }

  /** The service is as it was before the case that has just been played. */
  void assertUnharmed() {
    streamBothWays();
    assertThat(api().statusOf("/livez")).isEqualTo(200);
    assertThat(api().statusOf("/readyz")).isEqualTo(200);
    assertThat(api().statusOf("/actuator/health")).isEqualTo(200);
    await()
        .atMost(SETTLES_WITHIN)
        .untilAsserted(() -> assertThat(sluice.descriptors()).isLessThanOrEqualTo(descriptors));
    assertThat(sluice.root()).isEmptyDirectory();
    assertThat(sluice.log()).doesNotContain(" ERROR ", " WARN ");
  }

  @Override
  public void close() {
    sluice.close();
    link.ifPresent(Link::close);
  }
}
