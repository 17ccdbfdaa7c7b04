package dev.sluice.nbd.transmission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.nbd.MetaContext;
import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.Wire;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkEncoderTest {

  private static final long COOKIE = 0x1112131415161718L;
  private static final String STRUCTURED = "668e33ef %s 1112131415161718 %s";
  private static final String EXTENDED = "6e8a278c %s 1112131415161718 0000000000000200 %s";

  @Test
  void theEndOfAReplyIsNothingButMarked() {
    assertStructured(new Chunk.End(), true, "0001 0000", "00000000");
    assertExtended(new Chunk.End(), true, "0001 0000", "0000000000000000");
  }

  @Test
  void dataIsAnnouncedWithWhatFollows() {
    Chunk data = new Chunk.Data(0x100000200L, 0x1000);

    assertStructured(data, false, "0000 0001", "00001008 0000000100000200");
    assertStructured(data, true, "0001 0001", "00001008 0000000100000200");
    assertExtended(data, false, "0000 0001", "0000000000001008 0000000100000200");
  }

  @Test
  void aHoleHasALengthOf32BitsInBothForms() {
    Chunk hole = new Chunk.Hole(0x200, 0xffffffffL);

    assertStructured(hole, false, "0000 0002", "0000000c 0000000000000200 ffffffff");
    assertExtended(hole, true, "0001 0002", "000000000000000c 0000000000000200 ffffffff");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> encode(new Chunk.Hole(0, 1L << 32), false));
    assertThatIllegalArgumentException().isThrownBy(() -> encode(new Chunk.Hole(0, 0), false));
  }

  @Test
  void statusHas32BitsInOneFormAnd64InTheOther() {
    Chunk status =
        new Chunk.Status(
            MetaContext.STREAM, List.of(new Extent(0x200, 1), new Extent(0xfffffe00L, 0)));

    assertStructured(
        status, true, "0001 0005", "00000014 00000002 00000200 00000001 fffffe00 00000000");
    assertExtended(
        status,
        true,
        "0001 0006",
        "0000000000000028 00000002 00000002"
            + "0000000000000200 0000000000000001 00000000fffffe00 0000000000000000");
  }

  @Test
  void anExtentLongerThan32BitsIsForExtendedHeadersOnly() {
    Chunk status = new Chunk.Status(MetaContext.BASE_ALLOCATION, List.of(new Extent(1L << 40, 3)));

    assertExtended(
        status,
        false,
        "0000 0006",
        "0000000000000018 00000001 00000001 0000010000000000 0000000000000003");
    assertThatIllegalArgumentException().isThrownBy(() -> encode(status, false));
  }

  @Test
  void aFailureHasAMessage() {
    assertStructured(
        new Chunk.Failure(NbdError.EINVAL, "no"), true, "0001 8001", "00000008 00000016 0002 6e6f");
    assertExtended(
        new Chunk.Failure(NbdError.ESHUTDOWN, ""),
        true,
        "0001 8001",
        "0000000000000006 0000006c 0000");
  }

  @Test
  void aFailureAtAnOffsetHasItBehindTheMessage() {
    Chunk failure = new Chunk.FailureAt(NbdError.EIO, "no", 0x100000200L);

    assertStructured(failure, true, "0001 8002", "00000010 00000005 0002 6e6f 0000000100000200");
    assertExtended(
        failure, true, "0001 8002", "0000000000000010 00000005 0002 6e6f 0000000100000200");
  }

  @Test
  void aMessageIsNoLongerThanAStringMayBe() {
    ByteBuffer encoded = encode(new Chunk.Failure(NbdError.EIO, "x".repeat(5000)), false);

    assertThat(encoded.getInt(16)).isEqualTo(6 + 4096);
    assertThat(encoded.getShort(24)).isEqualTo((short) 4096);
    assertThat(encoded.remaining()).isEqualTo(20 + 6 + 4096);
  }

  @Test
  void theLongestChunkFitsIntoTheRoomThatIsMadeForIt() {
    List<Extent> most = Collections.nCopies(Protocol.MAX_EXTENTS, new Extent(1, 0));

    assertThat(encode(new Chunk.Status(MetaContext.STREAM, most), true).remaining())
        .isEqualTo(Protocol.MAX_CHUNK_LENGTH);
    assertThat(encode(new Chunk.FailureAt(NbdError.EIO, "x".repeat(4096), 0), true).remaining())
        .isLessThan(Protocol.MAX_CHUNK_LENGTH);
  }

  @Test
  void aStatusHasExtentsAndNotTooMany() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Chunk.Status(MetaContext.STREAM, List.of()));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new Chunk.Status(
                    MetaContext.STREAM,
                    Collections.nCopies(Protocol.MAX_EXTENTS + 1, new Extent(1, 0))));
    assertThatIllegalArgumentException().isThrownBy(() -> new Extent(0, 0));
  }

  private static void assertStructured(Chunk chunk, boolean last, String type, String payload) {
    ByteBuffer into = ByteBuffer.allocate(Protocol.MAX_CHUNK_LENGTH);
    ChunkEncoder.structured(into, COOKIE, last, chunk);
    assertThat(into.flip()).isEqualTo(Wire.bytes(STRUCTURED.formatted(type, payload)));
  }

  private static void assertExtended(Chunk chunk, boolean last, String type, String payload) {
    ByteBuffer into = ByteBuffer.allocate(Protocol.MAX_CHUNK_LENGTH);
    ChunkEncoder.extended(into, COOKIE, 0x200, last, chunk);
    assertThat(into.flip()).isEqualTo(Wire.bytes(EXTENDED.formatted(type, payload)));
  }

  private static ByteBuffer encode(Chunk chunk, boolean extended) {
    ByteBuffer into = ByteBuffer.allocate(Protocol.MAX_CHUNK_LENGTH);
    if (extended) {
      ChunkEncoder.extended(into, COOKIE, 0, true, chunk);
    } else {
      ChunkEncoder.structured(into, COOKIE, true, chunk);
    }
    return into.flip();
  }
}
