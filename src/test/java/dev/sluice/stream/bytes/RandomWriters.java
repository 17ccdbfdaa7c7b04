package dev.sluice.stream.bytes;

import dev.sluice.stream.bytes.CheckedWrites.Attached;
import dev.sluice.stream.bytes.CheckedWrites.Write;
import dev.sluice.stream.bytes.ServedWrites.Served;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Clients that write a disk as real ones do: they probe the head, then write blocks out of order as
 * far as the window allows, some of them twice, with zeroes and trims ahead, leave in between, and
 * go on at the position. Careless ones besides do what no client should: the model says what comes
 * of that, too.
 */
final class RandomWriters {

  private static final int MOST_CLIENTS = 4;

  private final CheckedWrites clients;
  private final WriteModel model;
  private final Trial trial;
  private final Random random;

  /** One block in so many is left out, to become zeroes. */
  private final int holeIn;

  /** What has to be written still, in order. */
  private final Pending pending = new Pending();

  /** What was left out. */
  private final List<Block> holes = new ArrayList<>();

  private Attached client;

  RandomWriters(CheckedWrites clients, WriteModel model, Trial trial, Random random)
      throws IOException {
    this.clients = clients;
    this.model = model;
    this.trial = trial;
    this.random = random;
    this.holeIn = random.nextInt(3) == 0 ? 5 : Integer.MAX_VALUE;
    this.client = clients.attach();
  }

  void run() throws IOException {
    probe();
    cut(0);
    while (!pending.isEmpty() && !model.state().ended()) {
      step();
      if (trial.careless() && random.nextInt(4) == 0 && !model.state().ended()) {
        stray();
      }
    }
    end();
  }

  /** Anything goes while nothing was written beyond the head. */
  private void probe() throws IOException {
    int head = Math.min(trial.settings().headWindow(), trial.length());
    for (int i = random.nextInt(5); i > 0 && head > 0 && !model.state().ended(); i--) {
      int from = random.nextInt(head);
      put(new Block(from, from + 1 + random.nextInt(head - from)));
      switch (random.nextInt(4)) {
        case 0 -> clients.flush(client);
        case 1 -> leave();
        default -> {}
      }
    }
  }

  /** From here on everything has to be written still, but for holes. */
  private void cut(int start) {
    pending.clear();
    holes.clear();
    List<Block> blocks = trial.cut(start, trial.length(), random);
    blocks.removeIf(
        one -> one.from() >= model.missingBelow() && random.nextInt(holeIn) == 0 && holes.add(one));
    pending.add(blocks);
  }

  private void step() throws IOException {
    switch (random.nextInt(20)) {
      case 0 -> leave();
      case 1 -> breakOff();
      case 2, 3 -> rewriteAhead();
      case 4 -> clients.flush(client);
      case 5 -> zeroesUnderData();
      case 6, 7 -> severalAtOnce();
      case 8 -> lookAround();
      case 9 -> changeClient();
      case 10 -> put(new Block(trial.length(), trial.paddedLength()));
      case 11, 12 -> sendAgain();
      default -> put(pending.take(random, this::canGoAhead));
    }
  }

  /** Whether there is room for a block, and it gives nothing away. */
  private boolean canGoAhead(Block block) {
    return !probesRemain()
        && model.fits(block.from(), block.to())
        && model.positionAfter(block.from(), block.to()) <= pending.start();
  }

  /** Whether something is kept that is to be written again: it would go in place of that. */
  private boolean probesRemain() {
    return model.heldBelow() <= model.position()
        && pending.any(one -> model.isKept(one.from(), one.to()));
  }

  private void put(Block block) throws IOException {
    switch (block.length() == 0 ? 0 : random.nextInt(6)) {
      case 0 -> clients.zeroes(client, block.from(), block.length());
      case 1 -> {
        clients.trim(client, block.from(), block.length());
        clients.write(data(block));
      }
      default -> clients.write(data(block));
    }
  }

  /** As if it had lost its connection, and not known what had been served. */
  private void sendAgain() throws IOException {
    if (model.position() == 0) {
      return;
    }
    List<Served> served = model.served().all();
    if (trial.settings().resumeWindow() > 0 && random.nextBoolean()) {
      int from = Math.max(0, model.position() - 1 - random.nextInt(trial.largestBlock()));
      int to = from + 1 + random.nextInt(model.position() - from);
      sendAgain(from, to - from, model.content(from, to));
    } else if (!served.isEmpty()) {
      Served one = served.get(served.size() - 1 - random.nextInt(Math.min(32, served.size())));
      int to = Math.min(one.from() + one.length(), trial.length());
      byte[] content = Arrays.copyOf(model.content(one.from(), to), one.length());
      sendAgain(one.from(), one.length(), one.zeroes() ? null : content);
    }
  }

  private void sendAgain(int from, int length, byte @Nullable [] content) throws IOException {
    boolean served = from < model.position() && model.mayRepeat(from, length, content);
    if (!(served && client.writer().isWelcome()) && !trial.careless()) {
      return;
    }
    if (content == null) {
      clients.zeroes(client, from, length);
    } else {
      clients.write(new Write(client, from, content));
    }
    pending.passOver(model.position());
  }

  private Write data(Block block) {
    boolean padded = block.to() == trial.length() && random.nextBoolean();
    byte[] content = new byte[(padded ? trial.paddedLength() : block.to()) - block.from()];
    random.nextBytes(content);
    return new Write(client, block.from(), content);
  }

  private void rewriteAhead() throws IOException {
    int from = model.position() + random.nextInt(1 + model.reached() - model.position());
    int end = model.contiguousEnd(from);
    if (from < end) {
      Block block = new Block(from, from + 1 + random.nextInt(end - from));
      if (model.fits(block.from(), block.to())
          && model.positionAfter(block.from(), block.to()) <= pending.start()) {
        put(block);
      }
    }
  }

  /** A range of zeroes ahead, of which some is overwritten before it is its turn. */
  private void zeroesUnderData() throws IOException {
    if (pending.size() < 3 || probesRemain()) {
      return;
    }
    int first = 1 + random.nextInt(Math.min(6, pending.size() - 2));
    int last = first + random.nextInt(Math.min(4, pending.size() - first));
    Block all = new Block(pending.get(first).from(), pending.get(last).to());
    if (!model.hasRoomFor(all.length())
        || model.positionAfter(all.from(), all.to()) > pending.start()) {
      return;
    }
    List<Block> blocks = pending.take(first, last + 1);
    holes.removeIf(one -> one.from() >= all.from() && one.to() <= all.to());
    Collections.shuffle(blocks, random);
    clients.zeroes(client, all.from(), all.length());
    for (Block block : blocks) {
      if (random.nextBoolean()) {
        put(block);
      }
    }
  }

  /** Writes that are sent before the first is answered, by one client or by two. */
  private void severalAtOnce() throws IOException {
    List<Block> blocks = pending.take(0, 2 + random.nextInt(3));
    boolean room = model.hasRoomFor(blocks.getLast().to() - blocks.getFirst().from());
    boolean inAnyOrder = room && !probesRemain();
    boolean byTwo =
        inAnyOrder
            && clients.attached().size() > 1
            && clients.attached().stream().allMatch(one -> one.writer().isWelcome())
            && blocks.stream().allMatch(one -> model.isFree(one.from(), one.to()));
    if (inAnyOrder) {
      Collections.shuffle(blocks, random);
    }
    List<Write> writes = new ArrayList<>();
    for (Block block : blocks) {
      if (byTwo) {
        client = anyClient();
      }
      writes.add(data(block));
    }
    int sent = clients.writeAtOnce(writes);
    pending.add(blocks.subList(sent, blocks.size()));
  }

  private Attached anyClient() {
    return clients.attached().get(random.nextInt(clients.attached().size()));
  }

  /** Somebody who writes nothing comes, looks, and goes or stays. */
  private void lookAround() throws IOException {
    Attached other = clients.attach();
    int from = random.nextInt(trial.length());
    clients.read(other, from, 1 + random.nextInt(1 + trial.largestBlock()));
    clients.flush(other);
    if (clients.attached().size() > MOST_CLIENTS || random.nextBoolean()) {
      clients.leave(other, random.nextBoolean());
    }
  }

  private void changeClient() throws IOException {
    boolean another = clients.attached().size() < MOST_CLIENTS && random.nextBoolean();
    client = another ? clients.attach() : anyClient();
  }

  /** Goes in a way that proves nothing, unless it is careless, and somebody goes on. */
  private void leave() throws IOException {
    boolean proper = random.nextBoolean();
    if (!trial.careless() && completes(proper)) {
      proper = !proper;
      if (completes(proper)) {
        return;
      }
    }
    clients.leave(client, proper);
    goOn();
  }

  private boolean completes(boolean properLeave) {
    return model.leaveCompletes(client.writer(), CheckedWrites.kind(properLeave));
  }

  /** Is gone in the middle of a payload; what came of it may have been delivered, or not. */
  private void breakOff() throws IOException {
    Block block = pending.first();
    boolean certain =
        model.canBreakOff(block.from(), block.to())
            && client.writer().isWelcome()
            && !model.served().hasOthers(client.writer(), block.from(), block.to());
    if (!certain) {
      return;
    }
    byte[] content = new byte[block.length()];
    random.nextBytes(content);
    clients.breakOff(new Write(client, block.from(), content), random.nextInt(content.length));
    goOn();
    if (random.nextBoolean() && !model.state().ended()) {
      sendAgain(block.from(), content.length, content);
    }
  }

  /** After somebody has left: what was written ahead is written again, or only what is missing. */
  private void goOn() throws IOException {
    if (model.state().ended()) {
      return;
    }
    client = clients.attached().isEmpty() || random.nextBoolean() ? clients.attach() : anyClient();
    boolean again = model.heldBelow() > model.position() && model.heldBelow() == model.reached();
    if (again && random.nextBoolean()) {
      cut(model.position());
    } else {
      pending.add(holes);
      holes.clear();
    }
    pending.passOver(model.position());
  }

  /** What no client should do. */
  private void stray() throws IOException {
    int from = random.nextInt(trial.length());
    Block anywhere = new Block(from, from + 1 + random.nextInt(trial.length() - from));
    switch (random.nextInt(5)) {
      case 0, 1 -> put(anywhere);
      case 2 -> clients.flush(client);
      case 3 -> leaveAll();
      default -> leave();
    }
    if (random.nextBoolean()) {
      pending.passOver(model.position());
    }
  }

  /** Everybody leaves, and somebody else may want to end it. */
  private void leaveAll() throws IOException {
    while (!clients.attached().isEmpty()) {
      clients.leave(anyClient(), random.nextBoolean());
    }
    if (!model.state().ended() && random.nextInt(3) == 0) {
      clients.finish(random.nextBoolean());
    }
    goOn();
  }

  /** All is written: goodbye, and where that does not do, a word from somebody. */
  private void end() throws IOException {
    while (!clients.attached().isEmpty()) {
      Attached next = anyClient();
      boolean proper = random.nextInt(4) > 0;
      if (model.state().ended()) {
        askAfterTheEnd(next);
      } else if (!trial.careless() && !pending.isEmpty()) {
        throw new AssertionError("there is more to write");
      }
      clients.leave(next, proper);
    }
    if (!model.state().ended()) {
      clients.finish(false);
    }
    if (!model.state().ended()) {
      clients.finish(true);
    }
  }

  private void askAfterTheEnd(Attached one) throws IOException {
    client = one;
    switch (random.nextInt(4)) {
      case 0 -> clients.flush(client);
      case 1 -> clients.read(client, random.nextInt(trial.length()), 10);
      case 2 -> put(new Block(0, trial.length()));
      default -> {}
    }
  }
}
