package dev.sluice.nbd;

import static dev.sluice.nbd.Command.CACHE;
import static dev.sluice.nbd.Command.DISC;
import static dev.sluice.nbd.Command.FLUSH;
import static dev.sluice.nbd.Command.READ;
import static dev.sluice.nbd.Command.TRIM;
import static dev.sluice.nbd.Command.WRITE;
import static dev.sluice.nbd.Command.WRITE_ZEROES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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

  private static final RequestRules RULES = new RequestRules(SIZE, false, ALL_SERVED);
  private static final RequestRules BARE =
      new RequestRules(SIZE, false, TransmissionFlags.HAS_FLAGS);
  private static final RequestRules READ_ONLY =
      new RequestRules(SIZE, true, TransmissionFlags.HAS_FLAGS | TransmissionFlags.READ_ONLY);

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
    assertRefused(new RequestRules(SIZE, false, withoutFua), request, NbdError.EINVAL);
  }

  @Test
  void dontFragmentIsForReadsWhereOffered() {
    RequestRules rules = new RequestRules(SIZE, false, ALL_SERVED | TransmissionFlags.SEND_DF);

    assertThat(rules.check(new Request(CommandFlags.DF, READ.code(), 0, 0, 512))).isEmpty();
    assertRefused(rules, new Request(CommandFlags.DF, WRITE.code(), 0, 0, 512), NbdError.EINVAL);
    assertRefused(RULES, new Request(CommandFlags.DF, READ.code(), 0, 0, 512), NbdError.EINVAL);
  }

  @Test
  void fastZeroIsForWriteZeroesWhereOffered() {
    Request request = new Request(CommandFlags.FAST_ZERO, WRITE_ZEROES.code(), 0, 0, 512);
    int withFastZero = ALL_SERVED | TransmissionFlags.SEND_FAST_ZERO;

    assertThat(new RequestRules(SIZE, false, withFastZero).check(request)).isEmpty();
    assertRefused(RULES, request, NbdError.EINVAL);
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
    RequestRules rules = new RequestRules(SIZE, false, TransmissionFlags.READ_ONLY);

    assertThat(rules.readOnly()).isTrue();
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
    RequestRules largest = new RequestRules(LARGEST_SIZE, false, ALL_SERVED);

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
    RequestRules rules = new RequestRules(SIZE, false, ALL_SERVED | TransmissionFlags.SEND_DF);

    assertRefused(rules, request(READ, 0, Protocol.MAX_PAYLOAD + 1), NbdError.EOVERFLOW);
    assertRefused(rules, request(WRITE, 0, Protocol.MAX_PAYLOAD + 1), NbdError.EINVAL);
  }

  @ParameterizedTest
  @EnumSource(names = {"READ", "WRITE", "TRIM", "CACHE", "WRITE_ZEROES"})
  void aLengthOfZeroIsServedWithinTheExport(Command command) {
    assertThat(RULES.check(request(command, 0, 0))).isEmpty();
    assertThat(RULES.check(request(command, SIZE, 0))).isEmpty();
    assertThat(new RequestRules(0, false, ALL_SERVED).check(request(command, 0, 0))).isEmpty();
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
    assertThatIllegalArgumentException().isThrownBy(() -> new RequestRules(-1, false, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Refusal(NbdError.SUCCESS, ""));
  }

  private static Request request(Command command, long offset, int length) {
    return new Request(0, command.code(), 7, offset, length);
  }

  private static void assertRefused(RequestRules rules, Request request, NbdError error) {
    assertThat(rules.check(request)).map(Refusal::error).contains(error);
  }
}
