FROM corpus/base
ENV v=abcabc
ENV R1=${v/b/X} R2=${v//b/X} R3=${v//b*/X} R4=${v/z/X} R5=${v//?c/-}
