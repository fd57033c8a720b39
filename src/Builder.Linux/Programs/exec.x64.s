# Executes the first of its arguments that can be executed, instead of Builder, so that Builder's own file is nowhere in the container.
# Arguments: a name, the candidates, an empty text, and the arguments of the program. Of each candidate that cannot be executed the
# errno goes to descriptor 3 as four bytes; that descriptor closes with the program's start. Links of /proc are not followed
# (openat2; an emulator that does not know it leaves that to execve).
.intel_syntax noprefix
.globl _start
_start:
  lea r13, [rsp+16]
  mov edi, 3
  mov esi, 2
  mov edx, 1
  mov eax, 72
  syscall
  mov rbx, r13
find:
  mov rax, [rbx]
  test rax, rax
  jz fail
  add rbx, 8
  cmp byte ptr [rax], 0
  jne find
  mov r14, rbx
  mov r15, rbx
env:
  add r15, 8
  cmp qword ptr [r15-8], 0
  jne env
  mov ebp, 1000
  sub rsp, 32
  mov qword ptr [rsp], 0x280000
  mov qword ptr [rsp+8], 0
  mov qword ptr [rsp+16], 2
try:
  mov rsi, [r13]
  cmp byte ptr [rsi], 0
  je fail
  mov edi, -100
  mov rdx, rsp
  mov r10d, 24
  mov eax, 437
  syscall
  cmp eax, -11
  jne opened
  dec ebp
  jnz try
opened:
  cmp eax, -38
  je start
  test eax, eax
  js report
start:
  mov rdi, [r13]
  mov rsi, r14
  mov rdx, r15
  mov eax, 59
  syscall
report:
  neg eax
  mov [rsp+24], eax
  mov edi, 3
  lea rsi, [rsp+24]
  mov edx, 4
  mov eax, 1
  syscall
  add r13, 8
  jmp try
fail:
  mov edi, 127
  mov eax, 231
  syscall
