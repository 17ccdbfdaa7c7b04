package dev.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.entrance.Entrance;
import dev.sluice.server.relay.Place;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pod tells the others of its NBD listener, and reads of theirs. */
class EntranceTest {

  private static final Entrance.Others NOBODY =
      new Entrance.Others() {
        @Override
        public String self() {
          return "sluice-0.aa";
        }

        @Override
        public Optional<Place> find(String export) {
          return Optional.empty();
        }

        @Override
        public Optional<String> keyOf(String pod) {
          return Optional.empty();
        }
      };

  private static Map<String, String> notes(@Nullable String address) {
    Entrance entrance = new Entrance(address, 1);
    entrance.listensOn(new InetSocketAddress("127.0.0.1", 10809));
    entrance.open(NOBODY);
    return entrance.notes("address", "key");
  }

  @ParameterizedTest
  @CsvSource({"10.0.0.7, 10.0.0.7:10809", "fd00::7, [fd00::7]:10809"})
  void anAddressIsToldWithThePortOfTheListenerAndReadAgain(String address, String told) {
    assertThat(notes(address)).containsEntry("address", told).containsKey("key");
    InetSocketAddress read = Objects.requireNonNull(Entrance.parse(told));
    assertThat(read.getAddress().isAnyLocalAddress()).isFalse();
    assertThat(read.getPort()).isEqualTo(10809);
  }

  @Test
  void whoHasNoAddressTellsAKeyOnly() {
    assertThat(notes(null)).containsOnlyKeys("key");
  }

  @Test
  void whoTakesNoPartTellsNothingAndBelievesNobody() {
    Entrance entrance = new Entrance("10.0.0.7", 1);
    assertThat(entrance.notes("address", "key")).isEmpty();
    assertThat(entrance.find("x")).isEmpty();
    assertThat(entrance.knows("")).isFalse();
    assertThat(entrance.hasSigned("sluice-1.bb", new byte[1], new byte[64])).isFalse();
  }

  /** Names are not looked up, which would keep others waiting. */
  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.7", "example.org:10809", "10.0.0.7:x", "10.0.0.7:70000"})
  void whatIsNoAddressLeadsNowhere(String text) {
    assertThat(Entrance.parse(text)).isNull();
  }
}
