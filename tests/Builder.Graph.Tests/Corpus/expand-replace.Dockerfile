FROM scratch
ENV v=abcabc
ENV R1=${v/b/X} R2=${v//b/X} R3=${v//b*/X} R4=${v/z/X}
