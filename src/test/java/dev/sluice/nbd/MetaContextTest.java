package dev.sluice.nbd;

import static dev.sluice.nbd.MetaContext.BASE_ALLOCATION;
import static dev.sluice.nbd.MetaContext.STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.nbd.transmission.StatusQuery;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MetaContextTest {

  @Test
  void namesAreANamespaceAndALeaf() {
    assertThat(BASE_ALLOCATION.contextName()).isEqualTo("base:allocation");
    assertThat(STREAM.contextName()).isEqualTo("sluice:stream");
  }

  @Test
  void withoutAQueryAllAreListed() {
    assertThat(MetaContext.listed(List.of())).containsExactly(BASE_ALLOCATION, STREAM);
  }

  @Test
  void aNamespaceListsWhatItHolds() {
    assertThat(MetaContext.listed(List.of("base:"))).containsExactly(BASE_ALLOCATION);
    assertThat(MetaContext.listed(List.of("sluice:"))).containsExactly(STREAM);
    assertThat(MetaContext.listed(List.of("sluice:stream", "base:allocation")))
        .containsExactly(BASE_ALLOCATION, STREAM);
  }

  @Test
  void whatNobodyKnowsIsPassedOver() {
    List<String> unknown = List.of("base:dirty", "qemu:", "base:allocation2", "x-base:allocation");

    assertThat(MetaContext.listed(unknown)).isEmpty();
    assertThat(MetaContext.selected(unknown)).isEmpty();
  }

  @Test
  void onlyWholeNamesSelect() {
    assertThat(MetaContext.selected(List.of())).isEmpty();
    assertThat(MetaContext.selected(List.of("base:", "sluice:"))).isEmpty();
    assertThat(MetaContext.selected(List.of("sluice:stream", "base:allocation", "sluice:stream")))
        .containsExactly(BASE_ALLOCATION, STREAM);
  }

  @Test
  void aQueryNamesItsLengthAndSelectedContexts() {
    assertThat(
            StatusQuery.decode(
                Wire.bytes("0000010000000000 00000002 00000001"), Set.of(BASE_ALLOCATION, STREAM)))
        .contains(new StatusQuery(1L << 40, Set.of(BASE_ALLOCATION, STREAM)));
  }

  @Test
  void aQueryMayNameNeitherOthersNorOneTwice() {
    assertThat(query("00000001", Set.of(BASE_ALLOCATION))).isPresent();
    assertThat(query("00000002", Set.of(BASE_ALLOCATION))).isEmpty();
    assertThat(query("00000003", Set.of(BASE_ALLOCATION, STREAM))).isEmpty();
    assertThat(query("00000001 00000001", Set.of(BASE_ALLOCATION, STREAM))).isEmpty();
  }

  private static Optional<StatusQuery> query(String contexts, Set<MetaContext> agreed) {
    return StatusQuery.decode(Wire.bytes("0000000000000200" + contexts), agreed);
  }
}
