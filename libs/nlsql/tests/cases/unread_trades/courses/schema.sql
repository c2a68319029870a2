CREATE TABLE brz_lnd_LMS_Courses (course_id text PRIMARY KEY, title text, category text, level text, price real, status text, published_on text, instructor text);
CREATE TABLE brz_lnd_WebShop_Courses (CourseCode text PRIMARY KEY, Title text, Category text, Price real, Status text, Language text);
CREATE TABLE brz_lnd_LMS_Students (student_id text PRIMARY KEY, full_name text, email text, country text, signup_date text, status text);
CREATE TABLE brz_lnd_CRM_Contacts (ContactId text PRIMARY KEY, StudentNo text, Email text, Country text, Newsletter text, LastContactDate text);
CREATE TABLE brz_lnd_LMS_Enrolments (enrolment_id text PRIMARY KEY, student_id text, course_id text, enrolled_on text, progress_pct int, completed_on text, grade real, FOREIGN KEY (student_id) REFERENCES brz_lnd_LMS_Students(student_id), FOREIGN KEY (course_id) REFERENCES brz_lnd_LMS_Courses(course_id));
CREATE TABLE brz_lnd_FIN_Invoices (InvoiceNo text PRIMARY KEY, EnrolmentNo text, Amount real, Currency text, InvoiceDate text, PaidDate text, Status text);
