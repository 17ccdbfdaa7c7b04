package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.export.Export;
import dev.sluice.nbd.RawChunk;
import dev.sluice.nbd.RawChunk.Stretch;
import dev.sluice.nbd.RawNbdClient;
import dev.sluice.nbd.RawReply;
import dev.sluice.nbd.transmission.NbdError;
import dev.sluice.stream.StreamState;
import dev.sluice.testing.Slow;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The extension "extended headers": sections "Request message", "Extended reply chunk message",
 * "Command flags" and "Request types" of its branch.
 */
class ExtendedHeadersConformanceTest extends Conformance {

  private static final int SIZE = 4 * MIB;
  private static final long HUGE = 1L << 40;

  @Test
  void everyReplyIsExtendedAndReturnsCookieAndOffset() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = extended("disk")) {
      for (int type : new int[] {READ, TRIM, CACHE, WRITE_ZEROES}) {
        RawReply reply = client.request(wide(0, type, 1234, 512));
        assertThat(reply.cookie()).isEqualTo(0x0123456789abcdefL);
        assertThat(reply.chunks()).isNotEmpty().allMatch(chunk -> chunk.offset() == 1234);
      }
      assertThat(client.request(wide(0, FLUSH, 0, 0)).types()).containsExactly(RawChunk.NONE);
      assertThat(client.request(wide(0, 99, 77, 0)).errorChunk().offset()).isEqualTo(77);
    }
  }

  @Test
  void aDiskIsReadInChunksAndWrittenWithPayloads() throws Exception {
    read("source", SIZE, SIZE);
    Export target = write("target", SIZE);
    try (Pipes.Reader reader = Pipes.read(server.path("target"));
        RawNbdClient source = extended("source");
        RawNbdClient client = extended("target")) {
      byte[] disk = source.request(wide(0, READ, 0, SIZE)).content(0, SIZE);
      assertThat(disk).isEqualTo(Arrays.copyOf(DISK, SIZE));
      assertError(client.request(wide(PAYLOAD_LEN, WRITE, 0, SIZE), disk), NbdError.SUCCESS);
      assertThat(reader.bytes()).isEqualTo(disk);
      assertThat(target.stream().status().state()).isEqualTo(StreamState.COMPLETED);
    }
  }

  @Test
  void aCompactRequestIsTheEndOfTheSession() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = extended("disk")) {
      client.send(compact(0, FLUSH, 0, 0));
      client.sendRaw(ByteBuffer.allocate(4));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  /** It must say so, but qemu 10 does not, and sends its data all the same. */
  @Test
  void aWriteHasItsDataBehindItWhetherItSaysSoOrNot() throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = extended("disk")) {
      assertError(client.request(wide(0, WRITE, 0, 512), new byte[512]), NbdError.SUCCESS);
      assertError(
          client.request(wide(PAYLOAD_LEN, WRITE, 0, 512), new byte[512]), NbdError.SUCCESS);
      assertError(client.request(wide(DF, WRITE, 0, 512), new byte[512]), NbdError.EINVAL);
      assertError(client.request(wide(0, FLUSH, 0, 0)), NbdError.SUCCESS);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, FLUSH, TRIM, CACHE, WRITE_ZEROES, BLOCK_STATUS, RESIZE, 99})
  void aPayloadThatIsNotExpectedIsConsumedAndInvalid(int type) throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = extended("disk")) {
      assertError(
          client.request(wide(PAYLOAD_LEN, type, 0, 100_000), new byte[100_000]), NbdError.EINVAL);
      assertError(client.request(wide(0, FLUSH, 0, 0)), NbdError.SUCCESS);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {(32 << 20) + 1, 1L << 32, Long.MIN_VALUE, -1})
  void aPayloadLongerThanTheLargestIsTheEndOfTheSession(long length) throws Exception {
    write("disk", SIZE);
    try (RawNbdClient client = extended("disk")) {
      client.send(wide(PAYLOAD_LEN, WRITE, 0, length));
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void zeroesMayBeLongerThan32Bits() throws Exception {
    Export export = write("disk", HUGE + MIB);
    try (RawNbdClient client = extended("disk", "base:allocation", "sluice:stream")) {
      assertError(client.request(wide(0, WRITE_ZEROES, MIB, HUGE)), NbdError.SUCCESS);
      RawReply status = client.request(wide(0, BLOCK_STATUS, 0, HUGE + MIB));

      assertThat(status.status(BASE)).containsExactly(new Stretch(MIB, 1), new Stretch(HUGE, 2));
      assertThat(status.status(STREAM)).containsExactly(new Stretch(MIB, 0), new Stretch(HUGE, 2));
      assertThat(export.stream().status().position()).isZero();
      assertError(client.request(wide(0, TRIM, MIB, HUGE)), NbdError.SUCCESS);
      assertError(client.request(wide(0, CACHE, MIB, HUGE)), NbdError.SUCCESS);
    }
  }

  /** This takes seconds of processor time, since the peer looks at every byte. */
  @Slow("Reads 4 GiB.")
  @Test
  void zeroesLongerThan32BitsReachThePeer() throws Exception {
    long size = (1L << 32) + MIB;
    write("disk", size);
    try (Pipes.Counter peer = Pipes.count(server.path("disk"));
        RawNbdClient client = extended("disk")) {
      client.send(wide(0, WRITE_ZEROES, 0, size));
      assertError(client.receiveReply(), NbdError.SUCCESS);
      client.disconnect();
      assertThat(peer.zeroes()).isEqualTo(size);
    }
  }

  @Test
  void aRangeBeyondTheEndIsRefusedHoweverLong() throws Exception {
    write("disk", HUGE);
    try (RawNbdClient client = extended("disk")) {
      for (long length : new long[] {HUGE, Long.MAX_VALUE, Long.MIN_VALUE, -1, -512}) {
        assertError(client.request(wide(0, WRITE_ZEROES, 512, length)), NbdError.ENOSPC);
        assertError(client.request(wide(0, TRIM, 512, length)), NbdError.EINVAL);
        assertError(client.request(wide(0, CACHE, 512, length)), NbdError.EINVAL);
        assertError(client.request(wide(0, READ, 512, length)), NbdError.EOVERFLOW);
      }
    }
  }

  @Test
  void aFastZeroOf64BitsIsNotSupportedRatherThanTooLong() throws Exception {
    write("disk", HUGE);
    try (RawNbdClient client = extended("disk")) {
      assertError(client.request(wide(FAST_ZERO, WRITE_ZEROES, 0, HUGE)), NbdError.ENOTSUP);
    }
  }

  @Test
  void aBlockStatusMayNameTheContextsThatItIsAbout() throws Exception {
    write("disk", HUGE);
    try (RawNbdClient client = extended("disk", "base:allocation", "sluice:stream")) {
      RawReply both = client.request(wide(0, BLOCK_STATUS, 0, HUGE));
      assertThat(both.types()).containsExactly(RawChunk.STATUS_EXT, RawChunk.STATUS_EXT);

      RawReply one = client.request(wide(PAYLOAD_LEN, BLOCK_STATUS, 512, 12), query(1024, STREAM));
      assertThat(one.types()).containsExactly(RawChunk.STATUS_EXT);
      assertThat(one.status(STREAM)).containsExactly(new Stretch(1024, 0));
      assertThat(one.chunks().getFirst().offset()).isEqualTo(512);

      assertThat(
              client
                  .request(wide(PAYLOAD_LEN, BLOCK_STATUS, 0, 16), query(1024, STREAM, BASE))
                  .types())
          .hasSize(2);
    }
  }

  @Test
  void aBlockStatusPayloadWithUnknownOrRepeatedContextsIsConsumedAndInvalid() throws Exception {
    write("disk", HUGE);
    try (RawNbdClient client = extended("disk", "base:allocation")) {
      for (byte[] query :
          new byte[][] {
            query(1024, STREAM), // known, but not selected
            query(1024, 3),
            query(1024, BASE, BASE),
            query(1024),
            query(1024, BASE, 0, 0, 0, 0),
            Arrays.copyOf(query(1024, BASE), 11),
            query(HUGE + 1, BASE),
            query(-1, BASE),
            query(0, BASE)
          }) {
        assertError(
            client.request(wide(PAYLOAD_LEN, BLOCK_STATUS, 0, query.length), query),
            NbdError.EINVAL);
      }
      assertError(
          client.request(wide(PAYLOAD_LEN, BLOCK_STATUS, 0, 12), query(HUGE, BASE)),
          NbdError.SUCCESS);
    }
  }

  @Test
  void aBlockStatusPayloadIsInvalidWhereItWasNotOffered() throws Exception {
    write("disk", HUGE);
    try (RawNbdClient client = extended("disk")) {
      assertError(
          client.request(wide(PAYLOAD_LEN, BLOCK_STATUS, 0, 12), query(512, BASE)),
          NbdError.EINVAL);
      assertError(client.request(wide(0, FLUSH, 0, 0)), NbdError.SUCCESS);
    }
  }

  private static byte[] query(long length, int... contexts) {
    ByteBuffer query = ByteBuffer.allocate(8 + 4 * contexts.length).putLong(length);
    for (int context : contexts) {
      query.putInt(context);
    }
    return query.array();
  }
}
