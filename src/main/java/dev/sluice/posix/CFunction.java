package dev.sluice.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Collections;

/**
 * A function of the C library that takes at most six numbers and addresses, and is called through
 * {@link CLibrary}.
 *
 * <p>Each argument is passed as a word of 64 bits. This is how Linux passes all of these on x86_64
 * and on AArch64 (System V ABI and AAPCS64): each in a register of its own, of which the function
 * reads as many bits as its type has. So all functions with as many arguments are of one type here;
 * the JVM takes some milliseconds for each type, at its first call.
 *
 * @param returnsInt whether its result is an {@code int}: the upper half of the word is undefined
 */
record CFunction(MethodHandle handle, boolean returnsInt) {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

  /** A function whose result is an {@code int}. */
  static CFunction intFunction(String name, int arguments) {
    return new CFunction(find(name, words(arguments), ERRNO), true);
  }

  /** A function whose result has 64 bits, as a {@code ssize_t} or an address has. */
  static CFunction longFunction(String name, int arguments) {
    return new CFunction(find(name, words(arguments), ERRNO), false);
  }

  /**
   * A variadic function whose result is an {@code int}.
   *
   * @param fixed how many arguments come before the variable ones
   * @param arguments how many there are in all
   */
  static CFunction intVariadic(String name, int fixed, int arguments) {
    return new CFunction(
        find(name, words(arguments), ERRNO, Linker.Option.firstVariadicArg(fixed)), true);
  }

  /** The same for a result of 64 bits. */
  static CFunction longVariadic(String name, int fixed, int arguments) {
    return new CFunction(
        find(name, words(arguments), ERRNO, Linker.Option.firstVariadicArg(fixed)), false);
  }

  /**
   * A function that moves bytes from or to memory, its second argument. That is no word: it stays
   * alive during the call, whoever else has it. The result has 64 bits.
   */
  static CFunction transfer(String name, int arguments) {
    MemoryLayout[] layouts = words(arguments);
    layouts[1] = ADDRESS;
    return new CFunction(find(name, layouts, ERRNO), false);
  }

  private static MemoryLayout[] words(int arguments) {
    return Collections.nCopies(arguments, JAVA_LONG).toArray(MemoryLayout[]::new);
  }

  private static MethodHandle find(
      String name, MemoryLayout[] arguments, Linker.Option... options) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(JAVA_LONG, arguments),
        options);
  }

  /**
   * Where memory begins that a function is to read or to write. The address does not keep it alive
   * during the call; so it is the caller's own.
   *
   * @throws IllegalArgumentException if the memory is in Java's heap
   */
  static long address(MemorySegment memory) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("memory in the heap has no address: " + memory);
    }
    return memory.address();
  }

  long invoke(MemorySegment state) throws Throwable {
    return result((long) handle.invokeExact(state));
  }

  long invoke(MemorySegment state, long a) throws Throwable {
    return result((long) handle.invokeExact(state, a));
  }

  long invoke(MemorySegment state, long a, long b) throws Throwable {
    return result((long) handle.invokeExact(state, a, b));
  }

  long invoke(MemorySegment state, long a, long b, long c) throws Throwable {
    return result((long) handle.invokeExact(state, a, b, c));
  }

  long invoke(MemorySegment state, long a, long b, long c, long d) throws Throwable {
    return result((long) handle.invokeExact(state, a, b, c, d));
  }

  long invoke(MemorySegment state, long a, long b, long c, long d, long e) throws Throwable {
    return result((long) handle.invokeExact(state, a, b, c, d, e));
  }

  long invoke(MemorySegment state, long a, long b, long c, long d, long e, long f)
      throws Throwable {
    return result((long) handle.invokeExact(state, a, b, c, d, e, f));
  }

  long invoke(MemorySegment state, long a, MemorySegment memory, long c) throws Throwable {
    return result((long) handle.invokeExact(state, a, memory, c));
  }

  long invoke(MemorySegment state, long a, MemorySegment memory, long c, long d) throws Throwable {
    return result((long) handle.invokeExact(state, a, memory, c, d));
  }

  private long result(long word) {
    return returnsInt ? (int) word : word;
  }
}
