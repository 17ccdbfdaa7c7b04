package dev.sluice.api.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.api.ExportView;
import dev.sluice.api.ExportViews;
import dev.sluice.api.OtherExport;
import dev.sluice.api.events.Board.Interest;
import dev.sluice.api.events.Board.Told;
import dev.sluice.client.AllowedClients;
import dev.sluice.export.ExportSpec;
import dev.sluice.stream.Direction;
import dev.sluice.stream.StreamSettings;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.Timeouts;
import dev.sluice.testing.OwnService;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What subscribers hear of exports that are deleted, many at a time. */
class BoardTest {

  private static final int REMEMBERED = 1000;

  private static OwnService service;

  private Board board;

  @BeforeAll
  static void start() {
    service = OwnService.with();
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
  }

  @BeforeEach
  void makeBoard() {
    board =
        new Board(new EventText(service.bean(ExportViews.class), service.bean(JsonMapper.class)));
  }

  private record Shared(ExportView view) implements OtherExport {

    @Override
    public ExportView withoutName() {
      return view;
    }

    @Override
    public boolean countsBefore(StreamStatus local) {
      return true;
    }

    @Override
    public boolean isThereAlone() {
      return true;
    }
  }

  private static Shared shared(String id) {
    StreamSettings settings =
        StreamSettings.of(OptionalLong.empty(), 1 << 20, 1 << 16, Timeouts.NONE);
    ExportSpec spec =
        new ExportSpec(id, null, false, false, AllowedClients.ALL, Direction.WRITE, settings);
    StreamStatus waiting =
        new StreamStatus(StreamState.WAITING, 0, 0, null, null, null, null, null, null);
    return new Shared(
        ExportView.elsewhere(
            id, ExportView.Naming.NONE, "http", spec, settings, waiting, Instant.EPOCH, "pod"));
  }

  private void make(int count) {
    Map<String, OtherExport> all = new HashMap<>();
    for (int i = 0; i < count; i++) {
      all.put("id-" + i, shared("id-" + i));
    }
    board.look(List.of(), all, 0);
  }

  @Test
  void asManyDeletionsAsAreRememberedAreTold() {
    make(REMEMBERED);
    long known = board.version();
    Interest all = new Interest(null, true, known);

    board.look(List.of(), Map.of(), 1);

    for (int i = 0; i < REMEMBERED; i++) {
      Told next = Objects.requireNonNull(board.next(all, known));
      assertThat(next).isNotSameAs(Told.MISSED);
      assertThat(next.kind()).isEqualTo(EventKind.DELETED);
      known = next.version();
    }
    assertThat(board.next(all, known)).isNull();
  }

  @Test
  void whoeverWasNotToldOfADeletionThatIsForgottenHearsSo() {
    make(REMEMBERED + 1);
    long known = board.version();

    board.look(List.of(), Map.of(), 1);

    assertThat(board.next(new Interest(null, true, known), known)).isSameAs(Told.MISSED);
    assertThat(board.canGoOn(known)).as("it has to begin anew").isFalse();
    Interest later = new Interest(null, true, board.version());
    assertThat(board.next(later, 0)).as("it never knew them").isNull();
  }
}
