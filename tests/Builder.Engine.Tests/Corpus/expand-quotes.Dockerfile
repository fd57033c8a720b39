FROM corpus/base
ENV v=1
ENV R1='$v' R2="$v" R3=\$v R4="\$v" R5=a"b c"d R6='a "b"'
LABEL L1='$v' L2="$v" L3=\$v
