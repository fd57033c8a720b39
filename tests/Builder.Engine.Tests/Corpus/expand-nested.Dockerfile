FROM corpus/base
ENV v=1
ENV R1=${u:-${v}} R2=${u:-"x y"} R3=${v:+${e:-in}} R4=${u:-${w:-$v}}
