# forbidding.py CALL ERRNO PROGRAM ARGUMENT...: becomes a program for which a system call fails with this error.
import ctypes, os, sys

call, errno = int(sys.argv[1]), int(sys.argv[2])


class Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("jt", ctypes.c_uint8), ("jf", ctypes.c_uint8), ("k", ctypes.c_uint32)]


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16), ("instructions", ctypes.POINTER(Instruction))]


# seccomp(2): load the call's number, compare it, and return SECCOMP_RET_ERRNO or SECCOMP_RET_ALLOW.
LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06
instructions = (Instruction * 4)(
    (LOAD, 0, 0, 0),
    (EQUALS, 0, 1, call),
    (RETURN, 0, 0, 0x00050000 | errno),
    (RETURN, 0, 0, 0x7FFF0000),
)
PR_SET_SECCOMP, SECCOMP_MODE_FILTER, PR_SET_NO_NEW_PRIVS = 22, 2, 38
libc = ctypes.CDLL(None, use_errno=True)
for arguments in (
    (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
    (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(Program(4, instructions))),
):
    if libc.prctl(*arguments) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
os.execv(sys.argv[3], sys.argv[3:])
