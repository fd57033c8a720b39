FROM corpus/base
RUN mkdir "/with space" && touch "/with space/.wh-like" "/tab	tab" "/back\\slash" "/'quoted'" "/-dash" "/$(printf 'caf\303\251')"
RUN d=/0123456789012345678901234567890123456789; mkdir -p $d$d$d && echo long > $d$d$d/0123456789
