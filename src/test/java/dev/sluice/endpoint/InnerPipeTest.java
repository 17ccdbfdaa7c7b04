package dev.sluice.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.endpoint.Endpoint.Flow;
import dev.sluice.endpoint.InnerPipe.FarEnd;
import dev.sluice.posix.LeakCheck;
import dev.sluice.posix.PollSet;
import dev.sluice.posix.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pipe whose peer is somewhere else: who has it, and when that peer has everything. */
@Timeout(20)
class InnerPipeTest {

  @RegisterExtension final LeakCheck leaks = new LeakCheck();

  private InnerPipe pipe;

  @BeforeEach
  void make() throws IOException {
    pipe = InnerPipe.make(Flow.TO_PEER);
  }

  @AfterEach
  void close() {
    pipe.close();
  }

  private FarEnd meet() {
    return pipe.meet().orElseThrow();
  }

  private void write(int count) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      assertThat(Posix.write(pipe.descriptor(), arena.allocate(count))).isEqualTo(count);
    }
  }

  private static void read(FarEnd peer, int count) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      assertThat(Posix.read(peer.number(), arena.allocate(count))).isEqualTo(count);
    }
  }

  @Test
  void itOpensWhenThereIsAPeer() throws Exception {
    assertThat(pipe.tryOpen()).isFalse();
    try (FarEnd peer = meet()) {
      assertThat(peer.awaitOpen(1)).isFalse();
      assertThat(pipe.tryOpen()).isTrue();
      assertThat(peer.awaitOpen(10_000)).isTrue();
    }
  }

  @Test
  void onePeerHasItAtATimeAndOneForGoodOnceItIsOpen() throws Exception {
    FarEnd first = meet();
    assertThat(pipe.meet()).isEmpty();
    first.close();

    try (FarEnd second = meet()) {
      first.close(); // which has nothing any more
      assertThat(pipe.tryOpen()).isTrue();
      assertThat(second.isOver()).isFalse();
    }
    assertThat(pipe.meet()).isEmpty();
  }

  @Test
  void aPeerThatLeavesAnOpenPipeBreaksIt() throws Exception {
    FarEnd peer = meet();
    pipe.tryOpen();
    try (PollSet poll = new PollSet(1)) {
      poll.set(0, pipe.descriptor(), 0);
      assertThat(poll.await(0)).isFalse();

      peer.close();

      assertThat(poll.await(0)).isTrue();
    }
  }

  @Test
  void whatHasLeftThePipeIsUnreadUntilThePeerHasEverything() throws Exception {
    try (FarEnd peer = meet()) {
      pipe.tryOpen();
      write(10);
      assertThat(pipe.unread()).isEqualTo(10);
      read(peer, 10);
      peer.receipt().hold(7);
      assertThat(pipe.unread()).isEqualTo(7);
      peer.receipt().hold(0);
      peer.receipt().take(); // too early to count
      pipe.noteLast();
      assertThat(peer.receipt().isLast()).isTrue();
      assertThat(pipe.unread()).isPositive();

      peer.receipt().take();

      assertThat(pipe.unread()).isZero();
    }
  }

  @Test
  void aPeerThatIsToConfirmHasEverythingWhenItSaysSo() throws Exception {
    try (FarEnd peer = meet()) {
      pipe.tryOpen();
      peer.receipt().awaitConfirmation(); // too early to count
      pipe.noteLast();
      assertThat(pipe.confirm(0, 0)).isFalse();
      peer.receipt().awaitConfirmation();
      assertThat(pipe.unread()).isPositive();

      assertThat(pipe.confirm(10, 10)).isTrue();

      assertThat(pipe.unread()).isZero();
      pipe.requireOnePeer();
    }
  }

  @Test
  void aPeerThatConfirmsSomethingElseBreaksTheStream() throws Exception {
    try (FarEnd peer = meet()) {
      pipe.tryOpen();
      pipe.noteLast();
      peer.receipt().awaitConfirmation();

      assertThat(pipe.confirm(9, 10)).isTrue();

      assertThat(pipe.unread()).isPositive();
      assertThatThrownBy(pipe::requireOnePeer)
          .hasMessage("the peer has confirmed 9 bytes, and was sent 10");
      assertThat(pipe.confirm(10, 10)).isFalse();
      assertThat(pipe.unread()).isPositive();
    }
  }

  @Test
  void thePeerLearnsThatTheStreamIsOver() throws Exception {
    try (FarEnd peer = meet()) {
      pipe.tryOpen();
      write(1);

      pipe.close();

      assertThat(peer.isOver()).isTrue();
      read(peer, 1); // the descriptor is still the peer's
    }
    assertThat(pipe.meet()).isEmpty();
  }
}
