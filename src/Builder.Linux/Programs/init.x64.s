# Process 1 of a container with --init. Descriptor 3 is a pidfd of the program, which is its child and runs already.
# Reaps every process whose parent is gone, sends every signal that it gets to the program, and exits as the program does.
.intel_syntax noprefix
.globl _start
_start:
  sub rsp, 256
  mov qword ptr [rsp+128], -1
  xor edi, edi
  lea rsi, [rsp+128]
  xor edx, edx
  mov r10d, 8
  mov eax, 14
  syscall
reap:
  mov dword ptr [rsp+16], 0
  xor edi, edi
  xor esi, esi
  mov rdx, rsp
  mov r10d, 0x1000005
  xor r8d, r8d
  mov eax, 247
  syscall
  mov ebx, [rsp+16]
  test ebx, ebx
  jz next
  mov dword ptr [rsp+16], 0
  mov edi, 3
  mov esi, 3
  mov rdx, rsp
  mov r10d, 0x1000005
  xor r8d, r8d
  mov eax, 247
  syscall
  cmp dword ptr [rsp+16], 0
  jne done
  mov edi, ebx
  xor esi, esi
  mov edx, 1
  xor r10d, r10d
  mov eax, 61
  syscall
  jmp reap
next:
  lea rdi, [rsp+128]
  mov rsi, rsp
  xor edx, edx
  mov r10d, 8
  mov eax, 128
  syscall
  cmp eax, 17
  je reap
  test eax, eax
  jle next
  mov esi, eax
  mov edi, 3
  xor edx, edx
  xor r10d, r10d
  mov eax, 424
  syscall
  jmp next
done:
  mov edi, [rsp+24]
  cmp dword ptr [rsp+8], 1
  je quit
  add edi, 128
quit:
  mov eax, 231
  syscall
