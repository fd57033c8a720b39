FROM corpus/base
RUN rm -r /opt/old && mkdir /opt/old && echo new > /opt/old/file
RUN mv /opt/base.txt /opt/moved
RUN rm -rf /opt
