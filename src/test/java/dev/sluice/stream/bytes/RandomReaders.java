package dev.sluice.stream.bytes;

import dev.sluice.stream.StreamState;
import dev.sluice.stream.bytes.CheckedReads.Attached;
import dev.sluice.stream.bytes.CheckedReads.Read;
import dev.sluice.stream.bytes.Rig.Near;
import dev.sluice.stream.bytes.SocketTransport.Payload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Clients that read a disk as real ones do: they probe the head, then read blocks out of order as
 * far as the window allows, some of them twice, leave in between, and go on where they were.
 * Careless ones besides leave within replies and read anywhere: the model says what comes of that,
 * too.
 */
final class RandomReaders {

  private static final int MOST_CLIENTS = 4;

  private final CheckedReads clients;
  private final ReadModel model;
  private final Trial trial;
  private final Random random;

  /** How much of the stream there is to be read. */
  private final int there;

  /** What has to be read still, in order. */
  private final Pending pending = new Pending();

  private Attached client;

  RandomReaders(CheckedReads clients, ReadModel model, Trial trial, Random random)
      throws IOException {
    this.clients = clients;
    this.model = model;
    this.trial = trial;
    this.random = random;
    this.there = Math.min(trial.length(), trial.input());
    this.client = clients.attach();
  }

  void run() throws IOException {
    pending.add(trial.cut(0, there, random));
    pending.add(trial.cut(there, trial.length(), random));
    while (!pending.isEmpty() && !model.state().ended()) {
      step();
      if (trial.careless() && random.nextInt(4) == 0 && !pending.isEmpty()) {
        stray();
      }
    }
    end();
  }

  private void step() throws IOException {
    switch (random.nextInt(14)) {
      case 0 -> leave();
      case 1, 2 -> probe(client);
      case 3 -> lookAround();
      case 4 -> loseAProbe();
      case 5, 6 -> severalAtOnce();
      case 7 -> changeClient();
      case 8 -> clients.read(client, trial.length(), trial.paddedLength() - trial.length());
      default -> get(pending.take(random, this::canGoAhead));
    }
  }

  private void get(Block block) throws IOException {
    boolean padded = block.to() == trial.length() && random.nextBoolean();
    int to = padded ? trial.paddedLength() : block.to();
    clients.read(client, block.from(), to - block.from());
  }

  /** Whether the window keeps what is passed over. */
  private boolean canGoAhead(Block block) {
    return block.to() - pending.start() <= trial.settings().reorderWindow() && block.to() <= there;
  }

  /** The head can be read at any time. */
  private void probe(Attached by) throws IOException {
    Block block = inHead();
    if (block.length() > 0) {
      clients.read(by, block.from(), block.length());
    }
  }

  private Block inHead() {
    int head = Math.min(trial.settings().headWindow(), there);
    int from = random.nextInt(head + 1);
    return new Block(from, from + random.nextInt(head - from + 1));
  }

  /** Reads that are sent before the first is answered, by one client or by two. */
  private void severalAtOnce() throws IOException {
    int from = model.position();
    List<Block> blocks = pending.take(0, 2 + random.nextInt(3));
    int to = blocks.getLast().to();
    if (blocks.getFirst().from() < from || to > there) {
      pending.add(blocks);
      return;
    }
    boolean byTwo =
        clients.attached().size() > 1
            && clients.attached().stream().noneMatch(one -> one.reader().isLate())
            && to < trial.input() // so that it does not matter who reads the last byte
            && !pending.isEmpty()
            && to - from <= trial.settings().reorderWindow();
    List<Read> reads = new ArrayList<>();
    for (Block block : blocks) {
      reads.add(new Read(byTwo ? anyClient() : client, block.from(), block.length()));
    }
    clients.readAtOnce(reads);
    if (byTwo) {
      model.blur(from, to);
    }
  }

  private Attached anyClient() {
    return clients.attached().get(random.nextInt(clients.attached().size()));
  }

  /** Somebody comes, looks at the head or too far ahead, and goes or stays. */
  private void lookAround() throws IOException {
    Attached other = clients.attach();
    int reach = (int) Math.max(trial.settings().reorderWindow(), trial.settings().headWindow());
    int tooFar = model.position() + reach + 1 + random.nextInt(1000);
    if (tooFar < trial.length()) {
      clients.read(other, tooFar, 1);
    } else {
      probe(other);
    }
    if (clients.attached().size() > MOST_CLIENTS || random.nextBoolean()) {
      clients.leave(other, random.nextBoolean());
    }
  }

  /** Somebody vanishes that had asked for some of the head: that has to be read again. */
  private void loseAProbe() throws IOException {
    if (!canTellLoss()) {
      return;
    }
    Block block = inHead();
    clients.lose(clients.attach(), block.from(), block.length());
    if (block.length() > 0) {
      pending.add(List.of(block));
    }
  }

  /** A TCP connection whose end came before the reply tells of the loss by its socket alone. */
  private boolean canTellLoss() {
    return trial.near() == Near.UNIX || trial.payload() == Payload.SPLICED;
  }

  private void changeClient() throws IOException {
    boolean another = clients.attached().size() < MOST_CLIENTS && random.nextBoolean();
    client = another ? clients.attach() : anyClient();
  }

  private void leave() throws IOException {
    clients.leave(client, !mayClose() || random.nextBoolean());
    goOn();
  }

  /** Whether somebody may leave without a goodbye and the stream still be complete in the end. */
  private boolean mayClose() {
    return trial.careless() || trial.settings().assurances().acceptClose();
  }

  private void goOn() throws IOException {
    if (!model.state().ended()) {
      boolean another = clients.attached().isEmpty() || random.nextBoolean();
      client = another ? clients.attach() : anyClient();
    }
  }

  /** What no client should do. */
  private void stray() throws IOException {
    if (model.state().ended()) {
      return;
    }
    int from = random.nextInt(there + 1);
    int length = random.nextInt(there - from + 1);
    switch (random.nextInt(4)) {
      case 0 -> lose(from, length);
      case 1 -> leaveAll();
      case 2 -> pending.take(0, 1);
      default -> clients.read(client, from, length);
    }
  }

  private void lose(int from, int length) throws IOException {
    if (canTellLoss()) {
      clients.lose(client, from, length);
      goOn();
    }
  }

  /** Everybody leaves, and somebody may want to end it. */
  private void leaveAll() throws IOException {
    while (!clients.attached().isEmpty()) {
      clients.leave(anyClient(), random.nextBoolean());
    }
    if (!model.state().ended() && random.nextBoolean()) {
      clients.finish(random.nextInt(4) == 0);
    }
    goOn();
  }

  /** All was read: goodbye, and where that does not do, a word from somebody. */
  private void end() throws IOException {
    if (trial.settings().size().isEmpty() && random.nextBoolean() && !model.state().ended()) {
      clients.read(client, model.position(), 1);
    }
    while (!clients.attached().isEmpty()) {
      Attached next = anyClient();
      if (model.state() == StreamState.COMPLETED && random.nextBoolean()) {
        clients.read(next, random.nextInt(trial.length()), 10);
      }
      clients.leave(next, !mayClose() || random.nextInt(4) > 0);
    }
    if (!model.state().ended()) {
      clients.finish(trial.careless() && random.nextBoolean());
    }
  }
}
