FROM corpus/base
RUN rm /opt/base.txt
RUN rm -r /opt/old
RUN mkdir -p /opt/old && echo new > /opt/old/new
RUN rm /etc/group && mkdir /etc/group && touch /etc/group/now-a-folder
RUN rm -r /home/ann && echo now a file > /home/ann
