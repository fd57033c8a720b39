FROM corpus/base
RUN cat /dev/fd/3 /dev/fd/4 3<<A 4<<-B > /ab
a
A
	b
	B
