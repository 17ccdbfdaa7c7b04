package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Assurances;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.bytes.ReadModel.Outcome;
import dev.sluice.stream.bytes.ReadModel.Reader;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Clients of a read stream; what each request comes to is held against the model at once. */
final class CheckedReads {

  /** An attached client. */
  record Attached(int number, TestClient client, Reader reader) {
    @Override
    public String toString() {
      return "client " + number;
    }
  }

  /** A range that a client asks for. */
  record Read(Attached by, int from, int length) {}

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Rig rig;
  private final ReadModel model;
  private final byte[] input;
  private final int end;
  private final Runnable begun;
  private final Journal journal;
  private final List<Attached> attached = new ArrayList<>();
  private int connected;

  /**
   * Clients of a rig's stream.
   *
   * @param begun is run when a request has been sent and its answer not been awaited
   */
  CheckedReads(Rig rig, ReadModel model, byte[] input, Runnable begun, Journal journal) {
    this.rig = rig;
    this.model = model;
    this.input = input;
    this.end = (int) Math.min(rig.stream.settings().end(), input.length);
    this.begun = begun;
    this.journal = journal;
  }

  /** Who is attached, in the order of their coming. */
  List<Attached> attached() {
    return attached;
  }

  Attached attach() throws IOException {
    Attached one = new Attached(++connected, rig.connect(), model.attach());
    attached.add(one);
    return one;
  }

  Status read(Attached by, int from, int length) throws IOException {
    return readAtOnce(List.of(new Read(by, from, length)));
  }

  /** Sends reads before the first of them is answered; answers what the last one came to. */
  Status readAtOnce(List<Read> reads) throws IOException {
    for (Read read : reads) {
      journal.note("%s reads %d+%d", read.by, read.from, read.length);
      read.by.client.send(Operation.READ, read.from, read.length);
    }
    begun.run();
    Status answer = Status.OK;
    for (Read read : reads) {
      answer = read.by.client.status();
      Outcome outcome = model.read(read.by.reader, read.from, read.length);
      boolean brokenOff = answer == Status.OK && !receive(read, outcome);
      if (brokenOff) {
        answer = Status.ENDED;
        outcome = outcome.brokenOff();
      }
      int now =
          answer == Status.OK ? Math.max(model.position(), outcome.to()) : (int) rig.position();
      journal.note("→ %s", answer);
      model.settle(read.by.reader, outcome, answer, now);
      if (brokenOff) {
        attached.remove(read.by);
        break;
      }
    }
    assertAgreed();
    return answer;
  }

  /** Whether the whole reply came; one that a pipe cannot hold may break off where it can end. */
  private boolean receive(Read read, Outcome outcome) throws IOException {
    try {
      check(read.from, read.by.client.receive(read.length).array());
      return true;
    } catch (IOException brokenOff) {
      assertThat(outcome.answers()).as("the reply broke off").contains(Status.ENDED);
      return false;
    }
  }

  private void check(int from, byte[] got) {
    for (int i = 0; i < got.length; i++) {
      byte right = from + i < end ? input[from + i] : 0;
      if (got[i] != right) {
        throw new AssertionError("the byte at %d is wrong".formatted(from + i));
      }
    }
  }

  /** Goes without having read its reply. */
  void lose(Attached one, int from, int length) throws IOException {
    journal.note("%s asks for %d+%d and is lost", one, from, length);
    attached.remove(one);
    Outcome outcome = model.read(one.reader, from, length);
    one.client.send(Operation.READ, from, length);
    begun.run();
    one.client.hangUp();
    StreamStatus now = rig.stream.status();
    model.lose(one.reader, outcome, (int) now.position(), now.state());
    assertAgreed();
  }

  /** Leaves with a goodbye, or without. */
  void leave(Attached one, boolean properly) throws IOException {
    journal.note("%s %s", one, properly ? "disconnects" : "hangs up");
    attached.remove(one);
    if (properly) {
      one.client.disconnect();
    } else {
      one.client.hangUp();
    }
    model.leave(one.reader, properly, rig.stream.status());
    assertAgreed();
  }

  /** Asks for the end when nobody is attached. */
  void finish(boolean acceptUnread) throws IOException {
    journal.note("somebody finishes it%s", acceptUnread ? ", whatever was not read" : "");
    begun.run();
    Status answer = Status.OK;
    try {
      rig.stream.finish(new Assurances(false, false, acceptUnread, false));
    } catch (RefusedRequestException e) {
      answer = Status.REFUSED;
    } catch (StreamEndedException e) {
      answer = Status.ENDED;
    }
    journal.note("→ %s", answer);
    assertThat(answer).isEqualTo(model.finish(acceptUnread, rig.stream.status()));
    assertAgreed();
  }

  /** The client may have its reply before the stream has taken note that it has. */
  private void assertAgreed() {
    long since = System.nanoTime();
    while (!agrees(rig.stream.status()) && System.nanoTime() - since < PATIENCE.toNanos()) {
      Thread.yield();
    }
    StreamStatus now = rig.stream.status();
    journal.note("→ %s at %d", now.state(), now.position());
    assertThat(now.state()).as(now.failure()).isEqualTo(model.state());
    assertThat(now.position()).as("position").isEqualTo(model.position());
  }

  private boolean agrees(StreamStatus now) {
    return now.state() == model.state() && now.position() == model.position();
  }
}
