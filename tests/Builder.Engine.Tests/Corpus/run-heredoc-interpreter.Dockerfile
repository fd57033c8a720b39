FROM corpus/base
RUN <<EOF
#!/bin/cat
line one
$HOME line two
EOF
RUN <<EOF
#!/bin/sed -f
w /written
r /dev/pipes/EOF
EOF
RUN <<-"Q"
	#!/bin/sh -e
	echo "$0 $-" > /name
	 readlink /proc/$$/exe > /exe
Q
