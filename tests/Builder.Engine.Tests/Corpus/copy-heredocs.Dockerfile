FROM scratch
ARG V=value
COPY <<one <<"two" /dir/
$V \$V "quotes" \x `ticks`
one
$V \$V
two
COPY <<-EOF /chomped
	tab $V
		two tabs
EOF
COPY --chown=1:2 --chmod=755 <<EOF /bin/script
#!/bin/sh
# not a comment

EOF
COPY <<a <<b /last-wins
first
a
second
b
COPY hello.txt <<mixed /mixed/
text
mixed
ADD <<added /add/
by ADD
added
COPY <<empty /
empty
