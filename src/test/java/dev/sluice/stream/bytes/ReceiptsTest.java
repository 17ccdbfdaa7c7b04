package dev.sluice.stream.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.window.Ranges;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is not certain is not taken for received, however much there is to be remembered. */
@Timeout(30)
class ReceiptsTest {

  private static final int END = 4 * Receipts.MOST;

  private final Receipts receipts = new Receipts();
  private final Ranges client = new Ranges();

  private void sendEverySecondByte(int to) {
    for (int at = 0; at < to; at += 2) {
      receipts.send(client, at, at + 1);
    }
  }

  @Test
  void whatWasSentIsReceivedByAGoodbye() {
    receipts.send(client, 0, 50);
    receipts.send(client, 50, 100);
    assertThat(receipts.haveAll(100)).isFalse();
    receipts.leave(client, true, 100);
    assertThat(receipts.haveAll(100)).isTrue();
    assertThat(receipts.missing(100, "")).isEmpty();
  }

  @Test
  void whatIsNotBelowThePositionWasSentToNobody() {
    receipts.send(client, 0, 100);
    receipts.leave(client, false, 40);
    assertThat(receipts.missing(100, " of 100"))
        .isEqualTo(
            "; 60 of 100 bytes were not read, the first at 40"
                + "; bytes 0 to 39 were sent to a client that did not say goodbye");
  }

  @Test
  void whatWasSentOfAReadThatFailedIsNotReceived() {
    receipts.send(client, 0, 100);
    receipts.retract(client, 50, 100);
    receipts.leave(client, true, 100);
    assertThat(receipts.haveAll(50)).isTrue();
    assertThat(receipts.haveAll(100)).isFalse();
  }

  @Test
  void whatALostClientWasSentIsStillMissingToTheOneThatWasRefusedIt() {
    Ranges other = new Ranges();
    receipts.send(other, 0, 50);
    receipts.refuse(50, 100);
    receipts.send(client, 50, 100);
    receipts.leave(client, false, 50);
    receipts.leave(other, true, 50);
    assertThat(receipts.haveAll(50)).isTrue();
    assertThat(receipts.haveAllWanted()).isFalse();

    Ranges next = new Ranges();
    receipts.send(next, 50, 100);
    receipts.leave(next, true, 100);
    assertThat(receipts.haveAllWanted()).isTrue();
  }

  @Test
  void asManyRangesAsCanBeRememberedAreToldApart() {
    sendEverySecondByte(2 * Receipts.MOST);
    assertThat(client.size()).isEqualTo(Receipts.MOST);
    receipts.leave(client, true, 2 * Receipts.MOST);
    assertThat(receipts.haveAllWanted()).isTrue();
  }

  @Test
  void moreThanThatIsForgottenAsIfItHadNotArrived() {
    sendEverySecondByte(END);
    assertThat(client.size()).isEqualTo(Receipts.MOST);
    receipts.leave(client, true, END);
    assertThat(receipts.haveAllWanted()).isFalse();
    assertThat(receipts.missing(END, ""))
        .contains("were sent to a client that did not say goodbye");
  }

  @Test
  void whatClientsAreRememberedForIsLimitedForAllOfThemTogether() {
    sendEverySecondByte(2 * Receipts.MOST);
    Ranges other = new Ranges();
    receipts.send(other, 1, 2);
    assertThat(other.bytes()).isZero();
    receipts.leave(client, false, END);
    receipts.send(other, 1, 2);
    assertThat(other.bytes()).isEqualTo(1);
  }

  @Test
  void whoeverReadsAllInOrderCanBeRememberedAllTheSame() {
    sendEverySecondByte(END);
    Ranges other = new Ranges();
    receipts.leave(client, false, END);
    receipts.send(other, 0, END);
    receipts.leave(other, true, END);
    assertThat(receipts.haveAll(END)).isTrue();
    assertThat(receipts.haveAllWanted()).isTrue();
  }
}
