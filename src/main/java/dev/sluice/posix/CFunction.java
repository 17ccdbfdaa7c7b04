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
 * A function of the C library with at most six arguments, all numbers and addresses. {@link
 * CLibrary} calls it.
 *
 * <p>Each argument is passed as a 64-bit word, as the ABIs of Linux on x86_64 and AArch64 do
 * (System V ABI and AAPCS64): each argument has a register of its own, of which the function reads
 * as many bits as its type has. So all functions with the same number of arguments have one type
 * here, which matters because the JVM takes some milliseconds for the first call of each type.
 *
 * @param returnsInt whether the result is an {@code int}; the upper half of the word is then
 *     undefined
 */
record CFunction(MethodHandle handle, boolean returnsInt) {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

  /** Finds a function whose result is an {@code int}. */
  static CFunction intFunction(String name, int arguments) {
    return new CFunction(find(name, words(arguments), ERRNO), true);
  }

  /** Finds a function whose result has 64 bits, such as a {@code ssize_t} or an address. */
  static CFunction longFunction(String name, int arguments) {
    return new CFunction(find(name, words(arguments), ERRNO), false);
  }

  /**
   * Finds a variadic function whose result is an {@code int}.
   *
   * @param fixed the number of arguments before the variable ones
   * @param arguments the number of all arguments
   */
  static CFunction intVariadic(String name, int fixed, int arguments) {
    return new CFunction(
        find(name, words(arguments), ERRNO, Linker.Option.firstVariadicArg(fixed)), true);
  }

  /** Finds a variadic function whose result has 64 bits. */
  static CFunction longVariadic(String name, int fixed, int arguments) {
    return new CFunction(
        find(name, words(arguments), ERRNO, Linker.Option.firstVariadicArg(fixed)), false);
  }

  /**
   * Finds a function that transfers bytes from or to memory, its second argument. That is passed as
   * a segment, which keeps it alive during the call, whoever else owns it. The result has 64 bits.
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
   * Returns the address of memory that a function reads or writes. The address does not keep the
   * memory alive during the call, so the caller must own it.
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
