package dev.sluice.faults;

import static dev.sluice.faults.Fault.CUT_OFF;
import static dev.sluice.faults.Fault.KILLED;
import static dev.sluice.faults.Fault.SLOW;
import static dev.sluice.faults.Fault.STOPPED;
import static dev.sluice.faults.FaultRow.Way.HTTP;
import static dev.sluice.faults.Outcome.COMPLETED;
import static dev.sluice.faults.Outcome.FAILED;
import static dev.sluice.faults.Outcome.INTERRUPTED;
import static dev.sluice.faults.Outcome.NONE;
import static dev.sluice.faults.Outcome.WAITING;
import static dev.sluice.faults.Who.CLIENT;
import static dev.sluice.faults.Who.PEER;
import static dev.sluice.faults.Who.SERVICE;
import static dev.sluice.stream.Direction.READ;
import static dev.sluice.stream.Direction.WRITE;

import dev.sluice.stream.Direction;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What becomes of an export when something fails. Each is a row of the table in
 * docs/architecture.md, which {@link FaultTableTest} compares with {@link #table}; {@link
 * FaultMatrixIT} shows every case.
 *
 * <p>Two kinds of cases cannot be. A peer is on the service's machine, so no network between them
 * can be cut. And after the last byte the service has nothing left to be slow with.
 */
enum FaultRow {
  KILLED_WRITER(CLIENT, KILLED, WRITE, WAITING, INTERRUPTED, INTERRUPTED, COMPLETED),
  KILLED_READER(CLIENT, KILLED, READ, WAITING, INTERRUPTED, INTERRUPTED, INTERRUPTED),
  STOPPED_WRITER(CLIENT, STOPPED, WRITE, WAITING, FAILED, FAILED, COMPLETED),
  STOPPED_READER(CLIENT, STOPPED, READ, WAITING, FAILED, FAILED, FAILED),
  // For good: the service's clocks tell.
  CUT_OFF_WRITER(CLIENT, CUT_OFF, WRITE, WAITING, FAILED, FAILED, COMPLETED),
  CUT_OFF_READER(CLIENT, CUT_OFF, READ, WAITING, FAILED, FAILED, FAILED),
  SLOW_WRITER(CLIENT, SLOW, WRITE, COMPLETED, COMPLETED, COMPLETED, COMPLETED),
  // After the last byte it is only the goodbye that is slow, in which no byte moves.
  SLOW_READER(CLIENT, SLOW, READ, COMPLETED, COMPLETED, COMPLETED, FAILED),

  KILLED_SINK(PEER, KILLED, WRITE, WAITING, FAILED, FAILED, COMPLETED),
  KILLED_SOURCE(PEER, KILLED, READ, WAITING, FAILED, FAILED, COMPLETED),
  STOPPED_SINK(PEER, STOPPED, WRITE, WAITING, FAILED, FAILED, COMPLETED),
  STOPPED_SOURCE(PEER, STOPPED, READ, WAITING, FAILED, FAILED, COMPLETED),
  SLOW_SINK(PEER, SLOW, WRITE, COMPLETED, COMPLETED, COMPLETED, COMPLETED),
  SLOW_SOURCE(PEER, SLOW, READ, COMPLETED, COMPLETED, COMPLETED, COMPLETED),

  KILLED_SERVICE_WRITE(SERVICE, KILLED, WRITE, WAITING, FAILED, FAILED, COMPLETED),
  KILLED_SERVICE_READ(SERVICE, KILLED, READ, WAITING, FAILED, FAILED, FAILED),
  STOPPED_SERVICE_WRITE(SERVICE, STOPPED, WRITE, COMPLETED, COMPLETED, COMPLETED, COMPLETED),
  STOPPED_SERVICE_READ(SERVICE, STOPPED, READ, COMPLETED, COMPLETED, COMPLETED, COMPLETED),
  // For a while, within which no clock runs out.
  CUT_OFF_SERVICE_WRITE(SERVICE, CUT_OFF, WRITE, COMPLETED, COMPLETED, COMPLETED, COMPLETED),
  CUT_OFF_SERVICE_READ(SERVICE, CUT_OFF, READ, COMPLETED, COMPLETED, COMPLETED, COMPLETED),
  SLOW_SERVICE_WRITE(SERVICE, SLOW, WRITE, COMPLETED, COMPLETED, COMPLETED, NONE),
  SLOW_SERVICE_READ(SERVICE, SLOW, READ, COMPLETED, COMPLETED, COMPLETED, NONE),

  WEB_KILLED_WRITER(HTTP, CLIENT, KILLED, WRITE, WAITING, INTERRUPTED, INTERRUPTED, COMPLETED),
  WEB_KILLED_READER(HTTP, CLIENT, KILLED, READ, WAITING, INTERRUPTED, INTERRUPTED, INTERRUPTED),

  // It closes its connection after the last byte, which a killed one does, and a stopped one not.
  WEB_KILLED_SINK(HTTP, PEER, KILLED, WRITE, WAITING, FAILED, FAILED, COMPLETED),
  WEB_KILLED_SOURCE(HTTP, PEER, KILLED, READ, WAITING, FAILED, FAILED, COMPLETED),
  WEB_STOPPED_SINK(HTTP, PEER, STOPPED, WRITE, FAILED, FAILED, FAILED, FAILED),
  WEB_STOPPED_SOURCE(HTTP, PEER, STOPPED, READ, WAITING, FAILED, FAILED, COMPLETED),
  // Its system makes room by the hundred kilobytes, so it looks like one that is stopped.
  WEB_SLOW_SINK(HTTP, PEER, SLOW, WRITE, FAILED, FAILED, FAILED, FAILED),
  WEB_SLOW_SOURCE(HTTP, PEER, SLOW, READ, COMPLETED, COMPLETED, COMPLETED, COMPLETED),

  WEB_KILLED_SERVICE_WRITE(HTTP, SERVICE, KILLED, WRITE, WAITING, FAILED, FAILED, COMPLETED),
  WEB_KILLED_SERVICE_READ(HTTP, SERVICE, KILLED, READ, WAITING, FAILED, FAILED, FAILED),
  WEB_STOPPED_SERVICE_WRITE(
      HTTP, SERVICE, STOPPED, WRITE, COMPLETED, COMPLETED, COMPLETED, COMPLETED),
  WEB_STOPPED_SERVICE_READ(
      HTTP, SERVICE, STOPPED, READ, COMPLETED, COMPLETED, COMPLETED, COMPLETED);

  final Way way;
  final Who who;
  final Fault fault;
  final Direction direction;
  private final Outcome[] outcomes;

  /** How the peer comes. */
  enum Way {
    PIPE,
    HTTP
  }

  /** A row; the outcomes are those of the moments. */
  FaultRow(Who who, Fault fault, Direction direction, Outcome... outcomes) {
    this(Way.PIPE, who, fault, direction, outcomes);
  }

  FaultRow(Way way, Who who, Fault fault, Direction direction, Outcome... outcomes) {
    this.way = way;
    this.who = who;
    this.fault = fault;
    this.direction = direction;
    this.outcomes = outcomes;
  }

  boolean isByHttp() {
    return way == Way.HTTP;
  }

  Outcome outcome(Moment moment) {
    return outcomes[moment.ordinal()];
  }

  /** What the failure says where there is one. */
  String reason() {
    return switch (who) {
      case CLIENT -> fault == KILLED ? "the client" : "no byte moved for";
      case PEER -> {
        String cut = isByHttp() ? "the peer's body was cut off after" : "the input ended after";
        String gone = direction == WRITE ? "the peer closed its end" : cut;
        yield fault == KILLED ? gone : "no byte moved for";
      }
      case SERVICE -> throw new IllegalStateException("no stream fails with " + this);
    };
  }

  /** All rows of one way as a table in Markdown. */
  static String table(Way way) {
    String moments =
        Stream.of(Moment.values()).map(m -> m.shown).collect(Collectors.joining(" | "));
    return "| who | what happens | direction | %s |\n|---|---|---|---|---|---|---|\n"
            .formatted(moments)
        + Stream.of(values())
            .filter(row -> row.way == way)
            .map(FaultRow::line)
            .collect(Collectors.joining("\n", "", "\n"));
  }

  private String line() {
    return Stream.concat(
            Stream.of(who.shown, fault.shown, direction.name().toLowerCase(Locale.ROOT)),
            Stream.of(outcomes).map(Outcome::shown))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }
}
