package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Assurances;
import dev.sluice.stream.Goodbye;
import dev.sluice.stream.RefusedRequestException;
import dev.sluice.stream.StreamEndedException;
import dev.sluice.stream.StreamState;
import dev.sluice.stream.StreamStatus;
import dev.sluice.stream.bytes.TestSession.Operation;
import dev.sluice.stream.bytes.TestSession.Status;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Clients of a write stream; what each request comes to is held against the model at once. */
final class CheckedWrites {

  /** An attached client. */
  record Attached(int number, TestClient client, Writer writer) {
    @Override
    public String toString() {
      return "client " + number;
    }
  }

  /** A write of data. */
  record Write(Attached by, int from, byte[] content) {}

  private final Rig rig;
  private final WriteModel model;
  private final Runnable begun;
  private final boolean peerLeaves;
  private final Journal journal;
  private final List<Attached> attached = new ArrayList<>();
  private int connected;

  /**
   * Clients of a rig's stream.
   *
   * @param begun is run when a request has been sent and its answer not been awaited
   * @param peerLeaves whether the peer may be gone at any time
   */
  CheckedWrites(Rig rig, WriteModel model, Runnable begun, boolean peerLeaves, Journal journal) {
    this.rig = rig;
    this.model = model;
    this.begun = begun;
    this.peerLeaves = peerLeaves;
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

  void write(Write write) throws IOException {
    writeAtOnce(List.of(write));
  }

  /**
   * Sends writes before the first of them is answered, up to one of which nobody can be certain
   * what it comes to.
   *
   * @return how many were sent
   */
  int writeAtOnce(List<Write> writes) throws IOException {
    List<Outcome> outcomes = new ArrayList<>();
    for (Write write : writes) {
      if (!outcomes.isEmpty()) {
        if (!outcomes.getLast().isCertain()) {
          break;
        }
        model.assume(outcomes.getLast());
      }
      outcomes.add(model.write(write.by.writer, write.from, write.content));
      journal.note("%s writes %d+%d", write.by, write.from, write.content.length);
      write.by.client.sendWrite(write.from, write.content);
    }
    begun.run();
    for (int i = 0; i < outcomes.size(); i++) {
      Status answer = writes.get(i).by.client.status();
      if (i == outcomes.size() - 1) {
        settle(outcomes.get(i), answer);
      } else if (!hasFailed(rig.stream.status())) {
        assertThat(answer).isIn(outcomes.get(i).answers());
      }
    }
    return outcomes.size();
  }

  void zeroes(Attached by, int from, int length) throws IOException {
    journal.note("%s zeroes %d+%d", by, from, length);
    request(by, model.zeroes(by.writer, from, length), Operation.ZEROES, from, length);
  }

  void trim(Attached by, int from, int length) throws IOException {
    journal.note("%s trims %d+%d", by, from, length);
    request(by, model.trim(), Operation.TRIM, from, length);
  }

  void flush(Attached by) throws IOException {
    journal.note("%s flushes", by);
    request(by, model.flush(by.writer), Operation.FLUSH, 0, 0);
  }

  private void request(Attached by, Outcome outcome, Operation operation, int from, int length)
      throws IOException {
    by.client.send(operation, from, length);
    begun.run();
    settle(outcome, by.client.status());
  }

  void read(Attached by, int from, int length) throws IOException {
    journal.note("%s reads %d+%d", by, from, length);
    Outcome outcome = model.read(by.writer, from, from + length);
    Status answer = by.client.tryRead(from, length);
    byte[] got = answer == Status.OK ? by.client.receive(length).array() : new byte[0];
    for (int i = 0; i < got.length; i++) {
      assertThat(model.mayBeRead(from + i, got[i])).as("byte read at %d", from + i).isTrue();
    }
    settle(outcome, answer);
  }

  /** Leaves with a goodbye, or without. */
  void leave(Attached one, boolean properly) throws IOException {
    journal.note("%s %s", one, properly ? "disconnects" : "hangs up");
    attached.remove(one);
    Outcome outcome = model.leave(one.writer, kind(properly));
    if (properly) {
      begun.run();
      one.client.disconnect();
    } else {
      one.client.hangUp();
    }
    settle(outcome, Status.OK);
  }

  /** How a client leaves that has no request open. */
  static Goodbye.Kind kind(boolean properly) {
    return properly ? Goodbye.Kind.DISCONNECTED : Goodbye.Kind.CLOSED;
  }

  /** Is lost in a payload. */
  void breakOff(Write write, int sent) throws IOException {
    journal.note("%s breaks off %d+%d after %d", write.by, write.from, write.content.length, sent);
    attached.remove(write.by);
    write.by.client.sendWrite(write.from, write.content, sent);
    begun.run();
    write.by.client.hangUp();
    int now = (int) rig.position();
    settle(model.breakOff(write.by.writer, write.from, write.content, sent, now), Status.OK);
  }

  /** Asks for the end when nobody is attached. */
  void finish(boolean pad) throws IOException {
    journal.note("somebody finishes it, %s", pad ? "padded" : "as it is");
    begun.run();
    boolean whole = (pad || model.canFinish()) && !model.isTorn();
    try {
      rig.stream.finish(pad ? Assurances.PADDED_TAIL : Assurances.NONE);
      assertThat(whole).as("nothing was missing").isTrue();
      model.finish();
    } catch (RefusedRequestException e) {
      assertThat(whole).as("something was missing").isFalse();
    } catch (StreamEndedException e) {
      journal.note("→ %s", e);
    }
    assertAgreed(rig.stream.status());
  }

  private void settle(Outcome outcome, Status answer) {
    StreamStatus now = rig.stream.status();
    journal.note("→ %s, %s at %d", answer, now.state(), now.position());
    if (!hasFailed(now)) {
      model.settle(outcome, answer, (int) now.position());
    }
    assertAgreed(now);
  }

  private void assertAgreed(StreamStatus now) {
    if (!hasFailed(now)) {
      assertThat(now.state()).as(String.valueOf(now.failure())).isEqualTo(model.state());
    }
  }

  /** A peer that has gone is noticed at any time. */
  private boolean hasFailed(StreamStatus now) {
    if (peerLeaves && now.state() == StreamState.FAILED) {
      model.fail();
      return true;
    }
    return false;
  }
}
