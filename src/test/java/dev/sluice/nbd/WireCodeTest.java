package dev.sluice.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.handshake.InfoType;
import dev.sluice.nbd.handshake.OptionCode;
import dev.sluice.nbd.handshake.ReplyType;
import dev.sluice.nbd.transmission.ChunkType;
import dev.sluice.nbd.transmission.Command;
import dev.sluice.nbd.transmission.NbdError;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireCodeTest {

  /** One enum of wire codes, as the server uses it. */
  record Codes<E extends Enum<E>>(
      Class<E> type, IntFunction<Optional<E>> of, ToIntFunction<E> code) {

    boolean isConsistentFor(int wire) {
      return of.apply(wire).map(e -> code.applyAsInt(e) == wire).orElse(true);
    }

    @Override
    public String toString() {
      return type.getSimpleName();
    }
  }

  static Stream<Codes<?>> allCodes() {
    return Stream.of(
        new Codes<>(OptionCode.class, OptionCode::of, OptionCode::code),
        new Codes<>(ReplyType.class, ReplyType::of, ReplyType::code),
        new Codes<>(InfoType.class, InfoType::of, InfoType::code),
        new Codes<>(Command.class, Command::of, Command::code),
        new Codes<>(NbdError.class, NbdError::of, NbdError::code),
        new Codes<>(ChunkType.class, ChunkType::of, ChunkType::code),
        new Codes<>(MetaContext.class, MetaContext::of, MetaContext::id));
  }

  @ParameterizedTest
  @MethodSource("allCodes")
  <E extends Enum<E>> void everyConstantIsFoundByItsCode(Codes<E> codes) {
    assertThat(codes.type().getEnumConstants())
        .allSatisfy(e -> assertThat(codes.of().apply(codes.code().applyAsInt(e))).contains(e));
  }

  @ParameterizedTest
  @MethodSource("allCodes")
  void everyWireValueIsAnsweredWithoutAnException(Codes<?> codes) {
    for (int wire = 0; wire <= 0xffff; wire++) {
      assertThat(codes.isConsistentFor(wire)).isTrue();
      assertThat(codes.isConsistentFor(wire << 16)).isTrue();
      assertThat(codes.isConsistentFor(-wire)).isTrue();
    }
    assertThat(codes.of().apply(Integer.MAX_VALUE)).isEmpty();
    assertThat(codes.of().apply(Integer.MIN_VALUE)).isEmpty();
  }

  @Test
  void onlyTheNineCommandsOfTheSpecificationAreKnown() {
    for (int wire = 0; wire <= 0xffff; wire++) {
      assertThat(Command.of(wire).isPresent()).isEqualTo(wire <= 8);
    }
  }

  @Test
  void codesAreTheSpecifications() {
    assertThat(Stream.of(OptionCode.values()).map(OptionCode::code))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(Stream.of(InfoType.values()).map(InfoType::code)).containsExactly(0, 1, 2, 3);
    assertThat(Stream.of(NbdError.values()).map(NbdError::code))
        .containsExactly(0, 1, 5, 12, 22, 28, 75, 95, 108);
    assertThat(Stream.of(ChunkType.values()).map(ChunkType::code))
        .containsExactly(0, 1, 2, 5, 6, 0x8001, 0x8002);
    assertThat(Stream.of(ReplyType.values()).map(t -> Integer.toUnsignedLong(t.code())))
        .containsExactly(
            1L,
            2L,
            3L,
            4L,
            0x80000001L,
            0x80000002L,
            0x80000003L,
            0x80000004L,
            0x80000005L,
            0x80000006L,
            0x80000007L,
            0x80000008L,
            0x80000009L,
            0x8000000aL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ACK", "SERVER", "INFO", "META_CONTEXT"})
  void onlyTheseRepliesAreNoErrors(String name) {
    assertThat(ReplyType.valueOf(name).isError()).isFalse();
    assertThat(Stream.of(ReplyType.values()).filter(type -> !type.isError())).hasSize(4);
  }

  @Test
  void theAdvertisedBlockSizesAreOnesTheSpecificationAllows() {
    assertThat(Integer.bitCount(Protocol.MIN_BLOCK)).isOne();
    assertThat(Integer.bitCount(Protocol.PREFERRED_BLOCK)).isOne();
    assertThat(Protocol.PREFERRED_BLOCK).isBetween(512, Protocol.MAX_BLOCK);
    assertThat(Protocol.MAX_PAYLOAD).isEqualTo(33_554_432);
  }
}
