package dev.sluice.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawNbdClient.OptionAnswer;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.Slow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Rules that other NBD servers learnt from their vulnerabilities, each under the name of what
 * taught it. What STARTTLS has to forget (CVE-2021-3716) is in {@link TlsConformanceTest}, paths
 * are in EndpointFactoryTest, networks (CVE-2013-6410) in NetworkTest.
 */
class HardeningTest extends Conformance {

  private static final int MAX_STRING = 4096;

  private static byte[] name(int length) {
    return RawNbdClient.infoData("n".repeat(length));
  }

  @Test
  @DisplayName("nbdkit 282c3b03: an option's payload is always consumed")
  void anOptionsPayloadIsAlwaysConsumed() throws IOException {
    try (RawNbdClient client = server.connect()) {
      for (int option : new int[] {LIST, STARTTLS, STRUCTURED_REPLY, INFO, GO, 4, 12, 0, -1}) {
        assertThat(answer(client, option, new byte[1000]).isError()).isTrue();
        assertThat(answer(client, LIST)).as("behind %d", option).isEqualTo(ReplyType.ACK);
      }
    }
  }

  @Test
  @DisplayName("nbdkit CVE-2019-14850: the endpoint is opened by the first byte and not before")
  void theEndpointIsOpenedByTheFirstByteAndNotBefore() throws IOException {
    write("late", 8 * MIB);
    long claimed = opened("late");
    try (RawNbdClient client = server.connect();
        Pipes.Reader _ = Pipes.read(server.path("late"))) {
      client.option(INFO, RawNbdClient.infoData("late"));
      client.go("late");
      client.write(0, new byte[4096]);
      client.flush();
      assertThat(opened("late")).as("the reader still waits").isEqualTo(claimed);
      assertThat(server.exports().find("late").orElseThrow().stream().status().state())
          .isEqualTo(StreamState.WAITING);

      client.write(4096, new byte[MIB]);

      assertThat(opened("late")).as("both ends").isEqualTo(claimed + 2);
    }
  }

  /** How many descriptors this process has of a FIFO. */
  private static long opened(String name) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(link -> leadsTo(link, server.path(name))).count();
    }
  }

  private static boolean leadsTo(Path link, Path file) {
    try {
      return Files.readSymbolicLink(link).equals(file);
    } catch (IOException e) {
      return false; // it was closed meanwhile
    }
  }

  @Test
  @DisplayName("nbdkit CVE-2019-14851: any order of commands is served or refused, each once")
  void anyOrderOfCommandsIsServedOrRefusedEachOnce() throws IOException {
    write("odd", 8 * MIB);
    try (RawNbdClient client = simple("odd")) {
      int[] order = {FLUSH, CACHE, BLOCK_STATUS, TRIM, RESIZE, READ, FLUSH, WRITE_ZEROES, 9, FLUSH};
      for (int i = 0; i < order.length; i++) {
        client.send(
            new dev.sluice.nbd.transmission.Request(
                0, order[i], i, 0, order[i] == FLUSH ? 0 : 512));
        RawNbdClient.Answer reply = client.receive();
        assertThat(reply.cookie()).isEqualTo(i);
        if (order[i] == READ && reply.error() == 0) {
          client.receiveBytes(512);
        }
      }
    }
  }

  @Test
  @DisplayName("nbdkit CVE-2025-47711, 47712: offset + length does not wrap round")
  void offsetPlusLengthDoesNotWrapRound() throws IOException {
    write("wide", 8 * MIB);
    long[] extremes = {0xffff_ffffL, 0x1_0000_0000L, -1L, Long.MIN_VALUE, Long.MAX_VALUE};
    try (RawNbdClient client = extended("wide", "base:allocation")) {
      for (int command : new int[] {WRITE_ZEROES, TRIM, READ, CACHE, BLOCK_STATUS}) {
        for (long extreme : extremes) {
          for (long other : new long[] {1, 8 * MIB, extreme, -extreme}) {
            assertThat(client.request(wide(0, command, extreme, other)).error())
                .as("%d at %d, %d", command, extreme, other)
                .isNotZero();
            assertThat(client.request(wide(0, command, other, extreme)).error())
                .as("%d at %d, %d", command, other, extreme)
                .isNotZero();
          }
        }
      }
      assertThat(client.request(wide(0, FLUSH, 0, 0)).error()).isZero();
    }
  }

  @Test
  @DisplayName("nbdkit 1.44.1: a request is never cut and then acknowledged whole")
  void aRequestIsNeverCutAndThenAcknowledgedWhole() throws IOException {
    Export export = write("cut", MIB);
    try (RawNbdClient client = simple("cut")) {
      assertAnswer(client, NbdError.ENOSPC, compact(0, WRITE, MIB - 512, 1024), new byte[1024]);
      assertAnswer(client, NbdError.ENOSPC, compact(0, WRITE_ZEROES, MIB - 512, 1024));
      assertAnswer(client, NbdError.EINVAL, compact(0, READ, MIB - 512, 1024));
      assertThat(export.stream().status().position()).isZero();
    }
  }

  @Test
  @DisplayName("qemu CVE-2017-15118, nbd-server CVE-2022-26495: a name has at most 4096 bytes")
  void aNameHasAtMost4096Bytes() throws IOException {
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, GO, name(MAX_STRING))).isEqualTo(ReplyType.ERR_UNKNOWN);
      assertThat(answer(client, GO, name(MAX_STRING + 1))).isEqualTo(ReplyType.ERR_INVALID);
      client.sendOption(EXPORT_NAME, "n".repeat(MAX_STRING + 1).getBytes(US_ASCII));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  @DisplayName("nbd-server CVE-2022-26496: a name's length is checked against the option's")
  void aNamesLengthIsCheckedAgainstTheOptions() throws IOException {
    try (RawNbdClient client = server.connect()) {
      for (int length : new int[] {5, 0xffff, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -6}) {
        byte[] data = ByteBuffer.allocate(10).putInt(length).put(new byte[6]).array();
        for (int option : new int[] {INFO, GO}) {
          assertThat(answer(client, option, data)).isEqualTo(ReplyType.ERR_INVALID);
        }
      }
      assertThat(answer(client, LIST)).isEqualTo(ReplyType.ACK);
    }
  }

  @Slow("Sends options until their number is over.")
  @Test
  @DisplayName("qemu CVE-2017-15119: an option's length and the number of options have a limit")
  void anOptionsLengthAndTheNumberOfOptionsHaveALimit() throws IOException {
    try (RawNbdClient client = server.connect()) {
      assertThat(answer(client, LIST, new byte[64 * 1024 + 1])).isEqualTo(ReplyType.ERR_TOO_BIG);
      for (int i = 1; i < 8192; i++) {
        assertThat(answer(client, LIST)).isEqualTo(ReplyType.ACK);
      }
      assertThat(answer(client, LIST)).isEqualTo(ReplyType.ERR_POLICY);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  @DisplayName("qemu CVE-2017-7539, CVE-2017-9524: a client that vanishes at any byte is ordinary")
  void aClientThatVanishesAtAnyByteIsOrdinary() throws IOException {
    Export export = write("gone", 8 * MIB);
    byte[] conversation = conversation("gone");
    long before = descriptors();
    for (int kept = 0; kept <= conversation.length; kept++) {
      try (RawNbdClient client = greeted()) {
        client.sendRaw(ByteBuffer.wrap(conversation, 0, kept));
        client.abort();
      }
    }
    await().until(() -> server.nbd().connectionCount() == 0 && descriptors() <= before);
    assertThat(export.stream().status().clients()).isZero();
    try (RawNbdClient client = simple("gone")) {
      client.write(0, new byte[512]);
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  /** Flags, GO, a write and a flush. */
  private static byte[] conversation(String export) {
    byte[] go = RawNbdClient.infoData(export);
    return ByteBuffer.allocate(4 + 16 + go.length + 28 + 16 + 28)
        .putInt(3)
        .put("IHAVEOPT".getBytes(US_ASCII))
        .putInt(GO)
        .putInt(go.length)
        .put(go)
        .put(RawNbdClient.encode(compact(0, WRITE, 0, 16), new byte[16]))
        .put(RawNbdClient.encode(compact(0, FLUSH, 0, 0)))
        .array();
  }

  @Test
  @DisplayName("qemu CVE-2020-10761: an error's message has at most 4096 bytes")
  void anErrorsMessageHasAtMost4096Bytes() throws IOException {
    try (RawNbdClient client = server.connect()) {
      List<OptionAnswer> answers = client.option(GO, name(MAX_STRING));

      assertThat(answers.getLast().isError()).isTrue();
      assertThat(answers.getLast().data().length).isBetween(1, MAX_STRING);
    }
  }

  @Test
  @DisplayName("qemu CVE-2024-7409: removing an export closes its connections")
  void removingAnExportClosesItsConnections() throws IOException {
    write("removed", 4096);
    try (RawNbdClient first = simple("removed");
        RawNbdClient second = simple("removed")) {
      server.exports().delete("removed", true);

      assertThat(first.isClosedByServer()).isTrue();
      assertThat(second.isClosedByServer()).isTrue();
      await().until(() -> server.nbd().sessionCount() == 0);
    }
  }

  @Test
  @DisplayName("libnbd CVE-2022-0485: bytes that were lost are never acknowledged")
  void bytesThatWereLostAreNeverAcknowledged() throws Exception {
    Export export = write("lost", 8 * MIB);
    try (RawNbdClient client = simple("lost");
        Pipes.Reader reader = Pipes.read(server.path("lost"))) {
      client.write(0, Arrays.copyOf(DISK, MIB));
      export.stream().fail("the peer's disk is full");

      assertAnswer(client, NbdError.EIO, compact(0, WRITE, MIB, 512), new byte[512]);
      assertAnswer(client, NbdError.EIO, compact(0, FLUSH, 0, 0));
      assertThat(reader.bytes().length).isLessThanOrEqualTo(MIB);
      assertThat(export.stream().status().state()).isEqualTo(StreamState.FAILED);
    }
  }

  @Test
  @DisplayName("go-nbd: an unknown command has no payload, whatever its length says")
  void anUnknownCommandHasNoPayload() throws IOException {
    write("unknown", 4096);
    try (RawNbdClient client = simple("unknown")) {
      assertAnswer(client, NbdError.EINVAL, compact(0, 77, 0, 28));
      assertAnswer(client, NbdError.SUCCESS, compact(0, FLUSH, 0, 0));
    }
  }

  @Test
  @DisplayName("spullara/nbd: flags and type are two fields of 16 bits, and any value is answered")
  void flagsAndTypeAreTwoFieldsAndAnyValueIsAnswered() throws IOException {
    server.export("codes", Direction.READ, 4096);
    try (RawNbdClient client = simple("codes")) {
      for (int code : new int[] {8, 255, 256, 0x7fff, 0x8000, 0xffff}) {
        assertAnswer(client, NbdError.EINVAL, compact(0, code, 0, 0));
        assertAnswer(client, NbdError.EINVAL, compact(code & 0xfffe, code, 0, 0));
      }
      assertAnswer(client, NbdError.EINVAL, compact(0xffff, CACHE, 0, 512));
      assertAnswer(client, NbdError.SUCCESS, compact(0, CACHE, 0, 512));
    }
  }
}
