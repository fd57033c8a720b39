FROM corpus/base
ENV V=image
RUN <<EOF
echo $V > /one
V=script
echo "$V" >> /one
EOF
RUN <<-TABS
	echo chomped > /two
		echo twice >> /two
	TABS
RUN cat <<A > /three; cat <<'B' >> /three
expanded $V
A
literal $V
B
RUN sh <<EOF
echo by another shell \$V $V > /four
EOF
RUN 3<<X cat <&3 > /five
third
X
