package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.nbd.transmission.Request;
import dev.sluice.stream.StreamState;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sections "Request message", "Simple reply message", "Command flags", "Request types", "Size
 * constraints" and "Error values", with simple replies.
 */
class RequestConformanceTest extends Conformance {

  private static final int SIZE = 4 * MIB;

  @Test
  void aReplyBearsTheCookieOfItsRequest() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = simple("disk")) {
      for (long cookie : new long[] {0, 1, -1, Long.MIN_VALUE, 0x0102030405060708L}) {
        client.send(new Request(0, FLUSH, cookie, 0, 0));
        assertThat(client.receive()).isEqualTo(new RawNbdClient.Answer(0, cookie));
      }
    }
  }

  @Test
  void aReadIsASimpleReplyWithItsDataBehindIt() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient client = simple("disk")) {
      client.send(compact(0, READ, 0, SIZE));
      assertThat(client.receive().error()).isZero();
      assertThat(client.receiveBytes(SIZE)).isEqualTo(Arrays.copyOf(DISK, SIZE));
      client.send(new Request(0, CACHE, 9, 0, 0)); // and nothing behind that
      assertThat(client.receive().cookie()).isEqualTo(9);
    }
  }

  @Test
  void aReadThatFailsHasNoData() throws Exception {
    read("disk", SIZE, 30_000);
    try (RawNbdClient client = simple("disk")) {
      assertAnswer(client, NbdError.EIO, compact(0, READ, 0, 60_000));
      assertAnswer(client, NbdError.EIO, compact(0, READ, 0, 512));
    }
  }

  /** What no pipe can hold has been announced by then, and there is no other way to tell. */
  @Test
  void aLongReadThatFailsEndsTheSession() throws Exception {
    Export export = read("disk", SIZE, SIZE / 2);
    try (RawNbdClient client = simple("disk")) {
      client.send(compact(0, READ, 0, SIZE));
      assertThat(client.receive().error()).isZero();
      byte[] got = client.receiveToEnd();
      assertThat(got).hasSizeLessThanOrEqualTo(SIZE / 2);
      assertThat(got).isEqualTo(Arrays.copyOf(DISK, got.length));
    }
    assertThat(export.stream().status().state()).isEqualTo(StreamState.FAILED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x25609514, 0x12560953, 0x21e41c71, 0})
  void anotherMagicIsTheEndOfTheSession(int magic) throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = simple("disk")) {
      ByteBuffer request = RawNbdClient.encode(compact(0, FLUSH, 0, 0));
      client.sendRaw(request.putInt(0, magic));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  // Command flags

  @ParameterizedTest
  @ValueSource(ints = {READ, WRITE, FLUSH, TRIM, CACHE, WRITE_ZEROES})
  void fuaIsTakenOnEveryCommandWhereItWasOffered(int type) throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = simple("disk")) {
      assertAnswer(client, NbdError.SUCCESS, compact(FUA, type, 0, 0));
    }
  }

  @Test
  void fuaIsInvalidWhereItWasNotOffered() throws Exception {
    read("disk", SIZE, SIZE);
    try (RawNbdClient client = simple("disk")) {
      assertAnswer(client, NbdError.EINVAL, compact(FUA, READ, 0, 512));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 4",
    "0, 2",
    "0, 8",
    "0, 16",
    "0, 32",
    "0, 64",
    "1, 2",
    "1, 4",
    "1, 32",
    "1, 0x8000",
    "3, 2",
    "4, 2",
    "4, 16",
    "5, 2",
    "5, 64",
    "6, 4",
    "6, 8",
    "6, 32",
    "6, 64"
  })
  void aFlagThatIsNotOfThisCommandIsInvalid(int type, String flag) throws Exception {
    write("disk", SIZE);
    byte[] payload = new byte[type == WRITE ? 512 : 0];
    int length = type == FLUSH ? 0 : 512;
    try (RawNbdClient client = simple("disk")) {
      assertAnswer(
          client, NbdError.EINVAL, compact(Integer.decode(flag), type, 0, length), payload);
      assertAnswer(client, NbdError.SUCCESS, compact(0, FLUSH, 0, 0));
    }
  }

  /** It has bytes in the stream, and wanted others there than the one that says goodbye. */
  @Test
  void aWriteThatTheRulesRefuseKeepsAnothersGoodbyeFromCompletingTheStream() throws Exception {
    Export export = write("disk", SIZE);
    try (Pipes.Reader _ = Pipes.read(server.path("disk"));
        RawNbdClient other = simple("disk")) {
      try (RawNbdClient client = simple("disk")) {
        client.write(0, Arrays.copyOf(DISK, MIB));
        assertAnswer(client, NbdError.EINVAL, compact(DF, WRITE, MIB, 512), new byte[512]);
        client.disconnect();
      }
      other.write(MIB, Arrays.copyOfRange(DISK, MIB, SIZE));
      other.disconnect();
      await().until(() -> export.stream().status().clients() == 0);
      assertThat(export.stream().status().state()).isEqualTo(StreamState.INTERRUPTED);
      await()
          .untilAsserted(
              () ->
                  assertThat(export.stream().status().waitingFor())
                      .contains("was refused a write"));
    }
  }

  // Request types

  @Test
  void aLengthOfZeroIsServedAndMovesNothing() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = simple("disk")) {
      for (int type : new int[] {READ, WRITE, TRIM, CACHE, WRITE_ZEROES}) {
        assertAnswer(client, NbdError.SUCCESS, compact(0, type, 0, 0));
        assertAnswer(client, NbdError.SUCCESS, compact(0, type, SIZE, 0));
      }
    }
  }

  @Test
  void aFlushWithARangeIsInvalid() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = simple("disk")) {
      assertAnswer(client, NbdError.EINVAL, compact(0, FLUSH, 1, 0));
      assertAnswer(client, NbdError.EINVAL, compact(0, FLUSH, 0, 1));
    }
  }

  @Test
  void aFlushFillsNoGapAndWhatHasNoneIsWithThePeer() throws Exception {
    Export export = write("disk", SIZE);
    try (Pipes.Reader _ = Pipes.read(server.path("disk"));
        RawNbdClient client = simple("disk")) {
      client.write(200_000, new byte[1000]);
      client.flush();
      assertThat(export.stream().status().position()).isZero();
      client.write(0, new byte[200_000]);
      assertThat(export.stream().status().position()).isEqualTo(201_000);
      client.flush();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {WRITE, WRITE_ZEROES, TRIM})
  void fuaFillsNoGapEither(int type) throws Exception {
    Export export = write("disk", SIZE);
    try (Pipes.Reader _ = Pipes.read(server.path("disk"));
        RawNbdClient client = simple("disk")) {
      byte[] payload = new byte[type == WRITE ? 1000 : 0];
      assertAnswer(client, NbdError.SUCCESS, compact(FUA, type, 200_000, 1000), payload);
      assertThat(export.stream().status().position()).isZero();
    }
  }

  @Test
  void whatIsZeroedIsZeroesForThePeer() throws Exception {
    write("disk", SIZE);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = simple("disk")) {
      client.write(0, Arrays.copyOf(DISK, MIB));
      assertAnswer(client, NbdError.SUCCESS, compact(0, WRITE_ZEROES, MIB, MIB));
      client.write(2 * MIB, Arrays.copyOfRange(DISK, 2 * MIB, SIZE));
      byte[] expected = Arrays.copyOf(DISK, SIZE);
      Arrays.fill(expected, MIB, 2 * MIB, (byte) 0);
      assertThat(reader.bytes()).isEqualTo(expected);
    }
  }

  @Test
  void whatIsTrimmedStaysToBeWritten() throws Exception {
    write("disk", SIZE);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = simple("disk")) {
      client.trim(0, SIZE);
      client.write(0, Arrays.copyOf(DISK, MIB));
      client.trim(0, SIZE);
      client.write(MIB, Arrays.copyOfRange(DISK, MIB, SIZE));
      assertThat(reader.bytes()).isEqualTo(Arrays.copyOf(DISK, SIZE));
    }
  }

  @Test
  void zeroesWithoutAHoleAreZeroes() throws Exception {
    write("disk", MIB);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = simple("disk")) {
      assertAnswer(client, NbdError.SUCCESS, compact(NO_HOLE, WRITE_ZEROES, 0, MIB));
      client.disconnect();
      assertThat(reader.bytes()).isEqualTo(new byte[MIB]);
    }
  }

  @Test
  void fastZeroesAreNeverFastAndChangeNothing() throws Exception {
    Export export = write("disk", MIB);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = simple("disk")) {
      assertAnswer(client, NbdError.ENOTSUP, compact(FAST_ZERO, WRITE_ZEROES, 0, MIB));
      assertAnswer(client, NbdError.ENOTSUP, compact(FAST_ZERO | NO_HOLE, WRITE_ZEROES, 0, 512));
      assertThat(export.stream().status().position()).isZero();
      client.write(0, Arrays.copyOf(DISK, MIB));
      assertThat(reader.bytes()).isEqualTo(Arrays.copyOf(DISK, MIB));
    }
  }

  @Test
  void aClientThatWasDeniedFastZeroesStillCompletesAStreamOfNoDeclaredSize() throws Exception {
    Export export = write("disk", 0);
    try (Pipes.Reader reader = Pipes.read(server.path("disk"));
        RawNbdClient client = simple("disk")) {
      assertAnswer(client, NbdError.ENOTSUP, compact(FAST_ZERO, WRITE_ZEROES, 0, MIB));
      client.write(0, Arrays.copyOf(DISK, MIB));
      client.disconnect();
      assertThat(reader.bytes()).isEqualTo(Arrays.copyOf(DISK, MIB));
      await().until(() -> export.stream().status().state() == StreamState.COMPLETED);
    }
  }

  @Test
  void cacheSucceedsAndTakesNothing() throws Exception {
    Export export = read("disk", SIZE, SIZE);
    try (RawNbdClient client = simple("disk")) {
      assertAnswer(client, NbdError.SUCCESS, compact(0, CACHE, 0, SIZE));
      assertThat(export.stream().status().position()).isZero();
      assertThat(client.read(0, SIZE)).isEqualTo(Arrays.copyOf(DISK, SIZE));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {BLOCK_STATUS, RESIZE, 9, 0x7fff, 0x8000, 0xffff})
  void aCommandThatWasNotOfferedIsInvalid(int type) throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = simple("disk")) {
      assertAnswer(client, NbdError.EINVAL, compact(0, type, 0, 512));
      assertAnswer(client, NbdError.SUCCESS, compact(0, FLUSH, 0, 0));
    }
  }

  // Error values

  @ParameterizedTest
  @CsvSource({
    "READ, EINVAL",
    "WRITE, ENOSPC",
    "TRIM, EINVAL",
    "CACHE, EINVAL",
    "WRITE_ZEROES, ENOSPC"
  })
  void aRangeBeyondTheEndHasTheErrorOfItsCommand(String command, NbdError error) throws Exception {
    write("disk", SIZE);
    int type = dev.sluice.nbd.transmission.Command.valueOf(command).code();
    byte[] payload = new byte[type == WRITE ? 512 : 0];
    try (RawNbdClient client = simple("disk")) {
      assertAnswer(client, error, compact(0, type, SIZE - 511, 512), payload);
      assertAnswer(client, error, compact(0, type, SIZE, 512), payload);
      assertAnswer(client, error, compact(0, type, -512, 512), payload);
      assertAnswer(client, error, compact(0, type, Long.MAX_VALUE, 512), payload);
      assertAnswer(client, NbdError.SUCCESS, compact(0, FLUSH, 0, 0));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {WRITE, TRIM, WRITE_ZEROES})
  void whatWritesIsNotPermittedOnAReadOnlyExport(int type) throws Exception {
    read("disk", SIZE, SIZE);
    byte[] payload = new byte[type == WRITE ? 512 : 0];
    try (RawNbdClient client = simple("disk")) {
      assertAnswer(client, NbdError.EPERM, compact(0, type, 0, 512), payload);
      assertThat(client.read(0, 512)).isEqualTo(Arrays.copyOf(DISK, 512));
    }
  }

  // Size constraints

  @Test
  void anyByteCanBeAddressed() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = simple("disk")) {
      client.write(1, (byte) 7);
      assertThat(client.read(0, 3)).containsExactly(0, 7, 0);
    }
  }

  @Test
  void aPayloadMayHave32MibAndARequestWithoutOneMore() throws Exception {
    write("disk", 1L << 33);
    try (Pipes.Reader _ = Pipes.read(server.path("disk"));
        RawNbdClient client = simple("disk")) {
      client.write(0, new byte[32 * MIB]);
      assertThat(client.read(32 * MIB, 32 * MIB)).isEqualTo(new byte[32 * MIB]);
      assertAnswer(client, NbdError.EINVAL, compact(0, READ, 32 * MIB, 32 * MIB + 1));
      assertAnswer(client, NbdError.SUCCESS, compact(0, CACHE, 0, -1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {32 * MIB + 1, -1})
  void aPayloadOfMoreThan32MibIsTheEndOfTheSession(int length) throws Exception {
    write("disk", 1L << 33);
    try (RawNbdClient client = simple("disk")) {
      client.send(compact(0, WRITE, 0, length));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }
}
