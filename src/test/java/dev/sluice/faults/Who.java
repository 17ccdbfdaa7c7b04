package dev.sluice.faults;

/** Whose fault it is. */
enum Who {
  CLIENT("client"),
  PEER("peer"),
  SERVICE("service");

  final String shown;

  Who(String shown) {
    this.shown = shown;
  }
}
