package dev.sluice.cluster.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.resource.StreamExportStatus.Condition;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The conditions of a resource, from one status to the next. */
class ConditionsTest {

  private static final List<Condition> BEFORE =
      new Conditions(null, "then", 1L).say(Conditions.READY, true, "Waiting", "for a peer").all();

  @Test
  void whatIsSaidAgainIsSoSinceThenAndAboutTheNewSpec() {
    assertThat(
            new Conditions(BEFORE, "now", 2L)
                .say(Conditions.READY, true, "Waiting", "for a peer")
                .all())
        .containsExactly(new Condition("Ready", "True", "Waiting", "for a peer", "then", 2L));
  }

  @Test
  void whatIsSoForAnotherReasonIsSoSinceThen() {
    assertThat(new Conditions(BEFORE, "now", 2L).say(Conditions.READY, true, "Streaming", "").all())
        .containsExactly(new Condition("Ready", "True", "Streaming", "", "then", 2L));
  }

  @Test
  void whatIsNotSoAnyMoreIsNotSoSinceNow() {
    assertThat(new Conditions(BEFORE, "now", 2L).say(Conditions.READY, false, "Failed", null).all())
        .containsExactly(new Condition("Ready", "False", "Failed", "", "now", 2L));
  }

  @Test
  void aLongMessageIsCut() {
    List<Condition> all =
        new Conditions(null, "now", 1L).say("Failed", true, "Failed", "x".repeat(5000)).all();

    assertThat(all.getFirst().message()).hasSize(1024);
  }

  @Test
  void eachIsSoSinceItWasSoItself() {
    List<Condition> before =
        new Conditions(null, "first", 1L).say(Conditions.COMPLETE, false, "Waiting", "").all();

    assertThat(new Conditions(before, "now", 2L).say(Conditions.FAILED, false, "Waiting", "").all())
        .containsExactly(new Condition("Failed", "False", "Waiting", "", "now", 2L));
  }
}
