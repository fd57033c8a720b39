# Process 1 of a container with --init. Descriptor 3 is a pidfd of the program, which is its child and runs already.
# Reaps every process whose parent is gone, sends every signal that it gets to the program, and exits as the program does.
.globl _start
_start:
  sub sp, sp, #256
  mov x9, #-1
  str x9, [sp, #128]
  mov x0, #0
  add x1, sp, #128
  mov x2, #0
  mov x3, #8
  mov x8, #135
  svc #0
reap:
  str wzr, [sp, #16]
  mov x0, #0
  mov x1, #0
  mov x2, sp
  movz x3, #5
  movk x3, #0x100, lsl #16
  mov x4, #0
  mov x8, #95
  svc #0
  ldr w19, [sp, #16]
  cbz w19, next
  str wzr, [sp, #16]
  mov x0, #3
  mov x1, #3
  mov x2, sp
  movz x3, #5
  movk x3, #0x100, lsl #16
  mov x4, #0
  mov x8, #95
  svc #0
  ldr w9, [sp, #16]
  cbnz w9, done
  mov w0, w19
  mov x1, #0
  mov x2, #1
  mov x3, #0
  mov x8, #260
  svc #0
  b reap
next:
  add x0, sp, #128
  mov x1, sp
  mov x2, #0
  mov x3, #8
  mov x8, #137
  svc #0
  cmp w0, #17
  b.eq reap
  cmp w0, #0
  b.le next
  mov w1, w0
  mov x0, #3
  mov x2, #0
  mov x3, #0
  mov x8, #424
  svc #0
  b next
done:
  ldr w0, [sp, #24]
  ldr w9, [sp, #8]
  cmp w9, #1
  b.eq quit
  add w0, w0, #128
quit:
  mov x8, #94
  svc #0
