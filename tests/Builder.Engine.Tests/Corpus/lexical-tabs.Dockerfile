FROM	corpus/base
COPY	hello.txt	/t/
RUN	echo	tab	>	/tab
