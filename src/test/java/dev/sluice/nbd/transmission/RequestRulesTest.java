package dev.sluice.nbd.transmission;

import static dev.sluice.nbd.transmission.Command.BLOCK_STATUS;
import static dev.sluice.nbd.transmission.Command.CACHE;
import static dev.sluice.nbd.transmission.Command.DISC;
import static dev.sluice.nbd.transmission.Command.FLUSH;
import static dev.sluice.nbd.transmission.Command.READ;
import static dev.sluice.nbd.transmission.Command.TRIM;
import static dev.sluice.nbd.transmission.Command.WRITE;
import static dev.sluice.nbd.transmission.Command.WRITE_ZEROES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.nbd.Protocol;
import dev.sluice.nbd.TransmissionFlags;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestRulesTest {

  private static final long SIZE = 10L << 30;
  private static final long LARGEST_SIZE = Long.MAX_VALUE - (1L << 30) + 1;
  private static final int ALL_SERVED =
      TransmissionFlags.HAS_FLAGS
          | TransmissionFlags.SEND_FLUSH
          | TransmissionFlags.SEND_FUA
          | TransmissionFlags.SEND_TRIM
          | TransmissionFlags.SEND_WRITE_ZEROES
          | TransmissionFlags.SEND_CACHE;

  private static final RequestRules RULES = new RequestRules(SIZE, ALL_SERVED, false);
  private static final RequestRules BARE =
      new RequestRules(SIZE, TransmissionFlags.HAS_FLAGS, false);
  private static final RequestRules READ_ONLY =
      new RequestRules(SIZE, TransmissionFlags.HAS_FLAGS | TransmissionFlags.READ_ONLY, false);

  @ParameterizedTest
  @EnumSource(names = {"READ", "WRITE", "TRIM", "CACHE", "WRITE_ZEROES"})
  void whatIsOfferedAndWithinTheExportIsServed(Command command) {
    assertThat(RULES.check(request(command, 0, 512))).isEmpty();
    assertThat(RULES.check(request(command, SIZE - 512, 512))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10, 0x100, 0x7fff, 0x8000, 0xffff})
  void anUnknownCommandIsInvalid(int type) {
    Optional<Refusal> refusal = RULES.check(new Request(0, type, 0, 0, 512));

    assertThat(refusal)
        .contains(new Refusal(NbdError.EINVAL, "command %d is unknown".formatted(type)));
  }

  @Test
  void everyTypeAndEveryFlagIsClassifiedWithoutAnException() {
    for (int value = 0; value <= 0xffff; value++) {
      Optional<Refusal> ofType = RULES.check(new Request(0, value, 0, 0, 0));
      assertThat(ofType.isEmpty()).isEqualTo(value <= 6);
      for (Command command : Command.values()) {
        Optional<Refusal> ofFlags = RULES.check(new Request(value, command.code(), 0, 0, 0));
        assertThat(ofFlags.isEmpty()).isEqualTo(isServed(command, value));
      }
    }
  }

  /** What {@link #ALL_SERVED} allows. */
  private static boolean isServed(Command command, int flags) {
    return switch (command) {
      case READ, WRITE, FLUSH, TRIM, CACHE -> flags <= CommandFlags.FUA;
      case WRITE_ZEROES -> flags <= (CommandFlags.FUA | CommandFlags.NO_HOLE);
      case DISC -> true;
      case BLOCK_STATUS, RESIZE -> false;
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"READ", "WRITE", "FLUSH", "TRIM", "CACHE", "WRITE_ZEROES"})
  void fuaIsForEveryCommandButOnlyWhereOffered(Command command) {
    Request request = new Request(CommandFlags.FUA, command.code(), 0, 0, 0);
    int withoutFua = ALL_SERVED & ~TransmissionFlags.SEND_FUA;

    assertThat(RULES.check(request)).isEmpty();
    assertRefused(new RequestRules(SIZE, withoutFua, false), request, NbdError.EINVAL);
  }

  @Test
  void dontFragmentIsForReadsWhereOffered() {
    RequestRules rules = new RequestRules(SIZE, ALL_SERVED | TransmissionFlags.SEND_DF, false);

    assertThat(rules.check(new Request(CommandFlags.DF, READ.code(), 0, 0, 512))).isEmpty();
    assertRefused(rules, new Request(CommandFlags.DF, WRITE.code(), 0, 0, 512), NbdError.EINVAL);
    assertRefused(RULES, new Request(CommandFlags.DF, READ.code(), 0, 0, 512), NbdError.EINVAL);
  }

  @Test
  void fastZeroIsForWriteZeroesWhereOfferedAndNeverFast() {
    Request request = new Request(CommandFlags.FAST_ZERO, WRITE_ZEROES.code(), 0, 0, 512);
    int withFastZero = ALL_SERVED | TransmissionFlags.SEND_FAST_ZERO;
    RequestRules offered = new RequestRules(SIZE, withFastZero, false);

    assertRefused(offered, request, NbdError.ENOTSUP);
    assertRefused(RULES, request, NbdError.EINVAL);
    assertThat(offered.check(request(WRITE_ZEROES, 0, 512))).isEmpty();
    assertRefused(
        offered,
        new Request(CommandFlags.FAST_ZERO, WRITE_ZEROES.code(), 0, SIZE, 512),
        NbdError.ENOSPC);
  }

  @Test
  void blockStatusIsForWhoSelectedAContext() {
    RequestRules rules = new RequestRules(SIZE, ALL_SERVED, true);

    assertThat(rules.check(request(BLOCK_STATUS, 0, 512))).isEmpty();
    assertThat(rules.check(request(BLOCK_STATUS, 0, -1))).isEmpty();
    assertThat(rules.check(new Request(CommandFlags.REQ_ONE, BLOCK_STATUS.code(), 0, 0, 1)))
        .isEmpty();
    assertRefused(rules, request(BLOCK_STATUS, 0, 0), NbdError.EINVAL);
    assertRefused(rules, request(BLOCK_STATUS, SIZE, 1), NbdError.EINVAL);
    assertRefused(RULES, request(BLOCK_STATUS, 0, 512), NbdError.EINVAL);
  }

  @Test
  void anExtendedWriteMaySayThatItHasAPayload() {
    assertThat(RULES.check(extended(CommandFlags.PAYLOAD_LEN, WRITE, 0, 512))).isEmpty();
    assertThat(RULES.check(extended(0, WRITE, 0, 512))).isEmpty();
    assertRefused(
        RULES, new Request(CommandFlags.PAYLOAD_LEN, WRITE.code(), 0, 0, 512), NbdError.EINVAL);
  }

  @ParameterizedTest
  @EnumSource(names = {"READ", "FLUSH", "TRIM", "CACHE", "WRITE_ZEROES"})
  void noOtherCommandHasAPayload(Command command) {
    assertRefused(RULES, extended(CommandFlags.PAYLOAD_LEN, command, 0, 0), NbdError.EINVAL);
  }

  @Test
  void anExtendedLengthHas64Bits() {
    RequestRules largest = new RequestRules(LARGEST_SIZE, ALL_SERVED, true);

    assertThat(largest.check(extended(0, WRITE_ZEROES, 0, LARGEST_SIZE))).isEmpty();
    assertThat(largest.check(extended(0, BLOCK_STATUS, 0, LARGEST_SIZE))).isEmpty();
    assertRefused(largest, extended(0, WRITE_ZEROES, 1, LARGEST_SIZE), NbdError.ENOSPC);
    assertRefused(largest, extended(0, WRITE_ZEROES, 0, -1), NbdError.ENOSPC);
    assertRefused(largest, extended(0, TRIM, 0, Long.MIN_VALUE), NbdError.EINVAL);
    assertRefused(largest, extended(0, READ, 0, 1L << 32), NbdError.EINVAL);
    assertRefused(largest, extended(0, READ, 0, -1), NbdError.EINVAL);
  }

  @Test
  void aBlockStatusPayloadIsForWhomItWasOfferedAndOfALengthThatItCanHave() {
    int offering = ALL_SERVED | TransmissionFlags.BLOCK_STATUS_PAYLOAD;
    RequestRules rules = new RequestRules(SIZE, offering, true);
    RequestRules notOffered = new RequestRules(SIZE, ALL_SERVED, true);
    int flag = CommandFlags.PAYLOAD_LEN;

    assertThat(rules.check(extended(flag, BLOCK_STATUS, 0, 12))).isEmpty();
    assertThat(rules.check(extended(flag, BLOCK_STATUS, 0, 16))).isEmpty();
    assertRefused(notOffered, extended(flag, BLOCK_STATUS, 0, 12), NbdError.EINVAL);
    for (long length : new long[] {0, 4, 8, 11, 13, 20, 1 << 20}) {
      assertRefused(rules, extended(flag, BLOCK_STATUS, 0, length), NbdError.EINVAL);
    }
  }

  @Test
  void aRefusedFlagIsNamed() {
    assertThat(RULES.check(new Request(0x22, WRITE.code(), 0, 0, 512)))
        .contains(new Refusal(NbdError.EINVAL, "WRITE flags: 0x0022 (expected: none but 0x0001)"));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLUSH", "TRIM", "CACHE", "WRITE_ZEROES", "BLOCK_STATUS", "RESIZE"})
  void aCommandThatWasNotOfferedIsInvalid(Command command) {
    assertThat(BARE.check(request(command, 0, 0)))
        .contains(
            new Refusal(NbdError.EINVAL, "%s was not offered on this export".formatted(command)));
  }

  @ParameterizedTest
  @EnumSource(names = {"WRITE", "TRIM", "WRITE_ZEROES"})
  void whatWritesIsNotPermittedOnAReadOnlyExport(Command command) {
    assertRefused(READ_ONLY, request(command, 0, 512), NbdError.EPERM);
    assertRefused(READ_ONLY, request(command, SIZE, 512), NbdError.EPERM);
  }

  @Test
  void readsAreServedOnAReadOnlyExport() {
    assertThat(READ_ONLY.check(request(READ, 0, 512))).isEmpty();
  }

  @Test
  void theReadOnlyFlagAloneMakesAnExportReadOnly() {
    RequestRules rules = new RequestRules(SIZE, TransmissionFlags.READ_ONLY, false);

    assertRefused(rules, request(WRITE, 0, 512), NbdError.EPERM);
  }

  @ParameterizedTest
  @CsvSource({
    "WRITE, ENOSPC",
    "WRITE_ZEROES, ENOSPC",
    "READ, EINVAL",
    "TRIM, EINVAL",
    "CACHE, EINVAL",
  })
  void aRangeBeyondTheEndIsRefused(Command command, NbdError error) {
    assertRefused(RULES, request(command, SIZE - 511, 512), error);
    assertRefused(RULES, request(command, SIZE, 1), error);
    assertRefused(RULES, request(command, SIZE + 1, 0), error);
    assertRefused(RULES, request(command, Long.MAX_VALUE, 1), error);
  }

  @ParameterizedTest
  @CsvSource({
    "WRITE, ENOSPC",
    "WRITE_ZEROES, ENOSPC",
    "READ, EINVAL",
    "TRIM, EINVAL",
    "CACHE, EINVAL",
  })
  void offsetPlusLengthCannotWrapRound(Command command, NbdError error) {
    RequestRules largest = new RequestRules(LARGEST_SIZE, ALL_SERVED, false);

    assertRefused(largest, request(command, -1, 1), error); // 2^64 - 1
    assertRefused(largest, request(command, -1, 0), error);
    assertRefused(largest, request(command, -512, 1024), error);
    assertRefused(largest, request(command, Long.MIN_VALUE, 512), error); // 2^63
    assertRefused(largest, request(command, Long.MAX_VALUE, 512), error);
    assertThat(largest.check(request(command, LARGEST_SIZE - 512, 512))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"TRIM", "CACHE", "WRITE_ZEROES"})
  void whatMovesNoPayloadMayBeAsLongAsAFieldHolds(Command command) {
    assertThat(RULES.check(request(command, 0, -1))).isEmpty(); // 2^32 - 1
    assertThat(RULES.check(request(command, SIZE - 0xffffffffL, -1))).isEmpty();
    assertThat(RULES.check(request(command, SIZE - 0xfffffffeL, -1))).isPresent();
  }

  @ParameterizedTest
  @EnumSource(names = {"READ", "WRITE"})
  void aPayloadIsLimited(Command command) {
    assertThat(RULES.check(request(command, 0, Protocol.MAX_PAYLOAD))).isEmpty();
    assertRefused(RULES, request(command, 0, Protocol.MAX_PAYLOAD + 1), NbdError.EINVAL);
    assertRefused(RULES, request(command, 0, Integer.MIN_VALUE), NbdError.EINVAL); // 2^31
    assertThat(RULES.check(request(command, 0, -1)))
        .contains(
            new Refusal(
                NbdError.EINVAL,
                "%s length: 4294967295 (expected: <= 33554432)".formatted(command)));
  }

  @Test
  void aReaderThatMayKnowOverflowIsToldOfIt() {
    RequestRules rules = new RequestRules(SIZE, ALL_SERVED | TransmissionFlags.SEND_DF, false);

    assertRefused(rules, request(READ, 0, Protocol.MAX_PAYLOAD + 1), NbdError.EOVERFLOW);
    assertRefused(rules, request(WRITE, 0, Protocol.MAX_PAYLOAD + 1), NbdError.EINVAL);
  }

  @ParameterizedTest
  @EnumSource(names = {"READ", "WRITE", "TRIM", "CACHE", "WRITE_ZEROES"})
  void aLengthOfZeroIsServedWithinTheExport(Command command) {
    assertThat(RULES.check(request(command, 0, 0))).isEmpty();
    assertThat(RULES.check(request(command, SIZE, 0))).isEmpty();
    assertThat(new RequestRules(0, ALL_SERVED, false).check(request(command, 0, 0))).isEmpty();
  }

  @Test
  void aFlushBearsNoRange() {
    assertThat(RULES.check(request(FLUSH, 0, 0))).isEmpty();
    assertRefused(RULES, request(FLUSH, 512, 0), NbdError.EINVAL);
    assertRefused(RULES, request(FLUSH, 0, 512), NbdError.EINVAL);
  }

  @Test
  void aDisconnectIsNeverRefused() {
    assertThat(READ_ONLY.check(new Request(0xffff, DISC.code(), 0, -1, -1))).isEmpty();
  }

  @Test
  void aRefusalSaysWhatWasWrongInUnsignedNumbers() {
    assertThat(RULES.check(request(CACHE, -1, -1)).map(Refusal::reason))
        .contains(
            "CACHE of 4294967295 bytes at offset 18446744073709551615"
                + " (expected: to end at or before 10737418240)");
    assertThat(RULES.check(request(TRIM, SIZE, 1)).map(Refusal::reason))
        .contains(
            "TRIM of 1 bytes at offset 10737418240"
                + " (expected: to end at or before 10737418240)");
  }

  @Test
  void rulesAndRefusalsCannotBeNonsense() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RequestRules(-1, 1, false));
    assertThatIllegalArgumentException().isThrownBy(() -> new Refusal(NbdError.SUCCESS, ""));
  }

  private static Request extended(int flags, Command command, long offset, long length) {
    return new Request(flags, command.code(), 7, offset, length, true);
  }

  private static Request request(Command command, long offset, int length) {
    return new Request(0, command.code(), 7, offset, length);
  }

  private static void assertRefused(RequestRules rules, Request request, NbdError error) {
    assertThat(rules.check(request)).map(Refusal::error).contains(error);
  }
}
